import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const program = path.join(import.meta.dirname, '../../../cli/main.ts');

test('a full disk is told in a sentence with its code, without a stack; a gateway goes on without its log', async () => {
  const full = openSync('/dev/full', 'w');
  const run = async (args: readonly string[]) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', full, 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  };
  try {
    const help = await run([program, '--help']);
    assert.equal(help.code, 1);
    assert.match(help.said, /^CLI_OUTPUT ENOSPC: no space left on device, write\n {2}Make room/);
    assert.doesNotMatch(help.said, /\n {4}at /);
    // Its code is that of a wrong gateway.yaml, not of its log.
    const gateway = path.join(import.meta.dirname, '../../../gateway/main.ts');
    const { code, said } = await run([gateway, '--config', '/nonexistent']);
    assert.deepEqual({ code, said }, { code: 2, said: '' });
  } finally {
    closeSync(full);
  }
});

test('a reader that goes away, as head does, ends the command without a word', async () => {
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.deepEqual({ code, said }, { code: 141, said: '' });
});
