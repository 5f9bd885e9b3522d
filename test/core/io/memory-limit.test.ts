import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { withMemoryLimit } from '../../../core/io/memory-limit.ts';

const mebibyte = 1024 * 1024;

function run(maxBytes: number, program: string, args: readonly string[]) {
  const limited = withMemoryLimit(maxBytes, program, args);
  return spawnSync(limited.program, limited.args, { encoding: 'utf8' });
}

test('a program is started as it was asked for, words and exit code whole, in a process of its own', () => {
  const words = ['a b', '$HOME', '"', "'", '', '-c', '`id`', '\n'];
  const said = run(64 * mebibyte, 'printf', ['%s|', ...words]);
  assert.equal(said.stdout, words.map(word => `${word}|`).join(''));
  assert.equal(run(64 * mebibyte, 'sh', ['-c', 'exit 7']).status, 7);
  assert.equal(run(64 * mebibyte, 'no-such-program-here', []).status, 127);
});

test('what it writes to may not grow over the limit; a lower one that holds for good stays', () => {
  const hungry = ['if=/dev/zero', 'of=/dev/null', 'bs=128M', 'count=1'];
  assert.equal(run(512 * mebibyte, 'dd', hungry).status, 0);
  const died = run(32 * mebibyte, 'dd', hungry);
  assert.notEqual(died.status, 0);
  assert.match(died.stderr, /memory/i);
  const inner = withMemoryLimit(64 * mebibyte, 'sh', ['-c', 'ulimit -d']);
  const strict = ['-c', 'ulimit -d 32768; exec "$@"', 'sh', inner.program, ...inner.args];
  assert.equal(spawnSync('sh', strict, { encoding: 'utf8' }).stdout.trim(), String(32 * 1024));
});
