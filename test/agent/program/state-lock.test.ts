import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { lockState } from '../../../agent/program/state-lock.ts';
import { isTowlineError } from '../../../core/errors.ts';

let folder: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-lock-'));
});
afterEach(async () => {
  for (const child of children) await end(child);
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Takes the lock in a process of its own, before which the words of `prefix` stand, and says how it went. */
function elsewhere(...prefix: string[]) {
  const program = `
    import { lockState } from '${path.resolve(import.meta.dirname, '../../../agent/program/state-lock.ts')}';
    try { globalThis.lock = await lockState(process.argv[1]); console.log('locked'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.code); }
  `;
  const [command = '', ...args] = [
    ...prefix,
    process.execPath,
    '--input-type=module',
    '--eval',
    program,
    folder,
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  return { child, said };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

test('a socket that somebody else has bound first keeps no agent from its own folder', async () => {
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex');
  const squatter = net.createServer().listen(`\0towline-agent-${name}`);
  await once(squatter, 'listening');
  try {
    await using _lock = await lockState(folder);
  } finally {
    squatter.close();
  }
});

test('an agent in another network namespace is a second agent, too', async () => {
  await using _lock = await lockState(folder);
  assert.equal(await elsewhere('unshare', '--net').said, 'AGENT_STATE_LOCKED');
});

test('the lock ends with its process, however that ends, and with its own disposal', async () => {
  const first = elsewhere();
  assert.equal(await first.said, 'locked');
  const refused = await lockState(folder).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isTowlineError(refused, 'AGENT_STATE_LOCKED'));
  assert.match(refused.message, new RegExp(`process ${first.child.pid}\\) uses `));
  await end(first.child);
  {
    await using _lock = await lockState(folder);
  }
  await using _again = await lockState(folder);
});

test('what root has locked first, an agent of a lesser user can lock afterwards', async () => {
  chownSync(folder, 65_534, 65_534);
  {
    await using _lock = await lockState(folder);
  }
  const { uid, gid, mode } = statSync(path.join(folder, 'lock'));
  assert.deepEqual([uid, gid, mode & 0o777], [65_534, 65_534, 0o600]);
});

test('a link where the lock stands is not followed', async () => {
  const other = path.join(folder, 'other');
  writeFileSync(other, 'kept');
  symlinkSync(other, path.join(folder, 'lock'));
  await assert.rejects(lockState(folder), (error: unknown) => isTowlineError(error, 'AGENT_CONFIG'));
  assert.equal(statSync(other).size, 4);
});
