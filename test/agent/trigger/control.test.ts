import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { askAgent, type ControlRequest, listenForControl } from '../../../agent/trigger/control.ts';

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-control-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function say(folder: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = net.connect({ path: path.join(folder, 'control'), allowHalfOpen: true });
    socket.on('data', chunk => {
      said += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(said));
    socket.on('end', () => socket.end());
    socket.write(bytes);
  });
}

test('garbage, a line without end and requests that make no sense reach nobody; the next request is answered', () =>
  withFolder(async folder => {
    const heard: ControlRequest[] = [];
    await using _socket = await listenForControl(folder, async request => {
      heard.push(request);
      return { ok: true, message: 'done' };
    });
    const garbage = ['\n', '{}\n', '[]\n', 'null\n', '\0\xff\n', '{"verb":"rm"}\n', '{"verb":"hold"}\n'];
    garbage.push('{"verb":"hold","untilMs":"soon"}\n', '{"verb":"hold","untilMs":1e400}\n');
    const restore = { backup: '20261130T041500Z-1a2b3c4d', migrate: false, stamp: '20261130T041500.123Z' };
    for (const [project, asked] of [
      ['../shop', restore],
      ['shop', { ...restore, backup: '../x' }],
      ['shop', { ...restore, stamp: 'now' }],
      ['shop', { ...restore, migrate: 1 }],
      ['shop', null],
    ])
      garbage.push(`${JSON.stringify({ verb: 'restore', project, restore: asked })}\n`);
    for (const bytes of garbage) assert.match(await say(folder, bytes), /"ok":false/, bytes);
    assert.match(await say(folder, 'x'.repeat(100_000)).catch(() => '"ok":false'), /"ok":false/);
    assert.deepEqual(heard, []);
    assert.deepEqual(await askAgent(folder, { verb: 'now' }), { ok: true, message: 'done' });
    assert.deepEqual(heard, [{ verb: 'now' }]);
    await askAgent(folder, { verb: 'restore', project: 'shop', restore });
    assert.deepEqual(heard[1], { verb: 'restore', project: 'shop', restore });
  }));

test('nobody listens, also where an agent was killed: that is told apart from a refusal', () =>
  withFolder(async folder => {
    assert.equal(await askAgent(folder, { verb: 'now' }), undefined);
    await writeFile(path.join(folder, 'control'), 'left over');
    assert.equal(await askAgent(folder, { verb: 'now' }), undefined);
    await using _socket = await listenForControl(folder, async () => {
      throw new Error('no');
    });
    assert.deepEqual(await askAgent(folder, { verb: 'release' }), { ok: false, message: 'no' });
  }));

test('a state directory whose path is too long for a socket has one all the same', () =>
  withFolder(async folder => {
    const deep = path.join(folder, 'd'.repeat(120));
    await mkdir(deep);
    await using _socket = await listenForControl(deep, async () => ({ ok: true, message: 'here' }));
    assert.equal((await askAgent(deep, { verb: 'now' }))?.message, 'here');
  }));
