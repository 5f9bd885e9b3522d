/** A program reads only what it was asked for: on a small device, and in a shell's completion, the start is the wait. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
/** Modules of ours; node, commander and the generated schemas are read besides. */
const mostModules = 40;

/** Counts what is loaded, in the process itself. */
const counter = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  let count = 0;
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:') && !url.includes('/node_modules/')) count++;
      return next(url, context);
    },
  });
  process.on('exit', () => process.stderr.write('modules ' + count));
`)}`;

for (const words of [
  ['cli/main.ts', '--version'],
  ['cli/main.ts', '--help'],
  ['cli/main.ts', 'agent', '--help'],
  ['cli/main.ts', 'gateway', '--help'],
  ['agent/main.ts', '--help'],
  ['gateway/main.ts', '--help'],
]) {
  test(`${words.join(' ')} reads at most ${mostModules} files of ours`, async () => {
    const args = ['--disable-warning=ExperimentalWarning', '--import', counter, ...words];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    assert.notEqual(stdout, '');
    const [, count] = /modules (\d+)$/.exec(stderr) ?? [];
    assert.ok(Number(count) > 0 && Number(count) <= mostModules, stderr);
  });
}
