import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../../../..');

/** Which of Node's own modules a process has loaded after it has imported this file. */
function loadedBy(file: string): string[] {
  const program = `import ${JSON.stringify(path.join(root, file))};
    console.log(JSON.stringify(process.moduleLoadList));`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as string[];
}

test('the dialler loads HTTP/1.1 and no second HTTP stack, which would cost a device 13 MB', () => {
  const loaded = loadedBy('core/io/https/https-dialler.ts');
  assert.ok(loaded.includes('NativeModule _http_client'));
  assert.deepEqual(
    loaded.filter(name => /undici|http2\/core/.test(name)),
    [],
  );
});
