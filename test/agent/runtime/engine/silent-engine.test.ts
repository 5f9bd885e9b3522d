/** An engine that takes connections and says nothing is called that soon; one that is merely slow is waited for. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { createEngine } from '../../../../agent/runtime/engine/engine.ts';

const signal = new AbortController().signal;
const list = { method: 'GET', path: '/containers/json' } as const;

let folder: string;
let server: http.Server;
let socket: string;
/** Answers of the engine by path; a path without one is never answered. */
let answers: Record<string, number>;
let asked: string[];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tl-silent-'));
  socket = path.join(folder, 'engine');
  server = http.createServer(({ url = '' }, response) => {
    asked.push(url);
    const afterMs = answers[url];
    if (url === '/half') response.write('[');
    if (afterMs !== undefined) setTimeout(() => response.end('[]'), afterMs);
  });
  await new Promise<void>(resolve => server.listen(socket, resolve));
});
beforeEach(() => {
  asked = [];
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

test('one that answers nothing at all, within two waits', async () => {
  answers = {};
  await assert.rejects(createEngine(socket, 2_000).call(list, signal), {
    code: 'ENGINE_UNREACHABLE',
    message: /does not even answer a ping/,
  });
  assert.deepEqual(asked, ['/containers/json', '/_ping']);
});

test('one that begins an answer and then says nothing more, too', async () => {
  answers = {};
  await assert.rejects(createEngine(socket, 500).call({ method: 'GET', path: '/half' }, signal), {
    code: 'ENGINE_UNREACHABLE',
    message: /does not even answer a ping/,
  });
});

test('one that is slow with its lists and answers a ping is waited for', async () => {
  answers = { '/containers/json': 1_000, '/_ping': 0 };
  assert.deepEqual(await createEngine(socket, 200).call(list, signal), []);
});

test('one that answers in time is not asked anything else', async () => {
  answers = { '/containers/json': 0 };
  assert.deepEqual(await createEngine(socket, 5_000).call(list, signal), []);
  assert.deepEqual(asked, ['/containers/json']);
});

test('a request that may take long by its nature is waited for', async () => {
  answers = { '/containers/x/stop': 600 };
  const stop = { method: 'POST', path: '/containers/x/stop', timeoutMs: 10_000 } as const;
  await createEngine(socket, 100).call(stop, signal);
  assert.deepEqual(asked, ['/containers/x/stop']);
});

test('whoever ends the wait hears the own reason', async () => {
  answers = {};
  const reason = new Error('stop');
  const stopping = new AbortController();
  const call = createEngine(socket, 200).call(list, stopping.signal);
  setTimeout(() => stopping.abort(reason), 300);
  await assert.rejects(call, reason);
});
