import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createEngine, type Engine } from '../../../../agent/runtime/engine/engine.ts';
import { watchEngine } from '../../../../agent/runtime/engine/engine-events.ts';
import { Inspections } from '../../../../agent/runtime/engine/inspections.ts';
import { networkModeOf } from '../../../../agent/runtime/engine/network-mode.ts';
import { isTowlineError } from '../../../../core/errors.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';

const piece = Buffer.alloc(1024 * 1024, ' ');
const mebibyte = 1024 * 1024;
let folder: string;
let server: Server;
let engine: Engine;
let sent = 0;

/** An engine whose answers do not end, but for some; it writes no faster than it is read. */
function pour(response: ServerResponse): void {
  const write = (): void => {
    while (!response.destroyed && response.write(piece)) sent += piece.length;
  };
  response.on('drain', write);
  write();
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-engine-'));
  server = createServer((request, response) => {
    sent = 0;
    const url = request.url ?? '';
    if (url.startsWith('/containers/json')) {
      response.end('[]');
      return;
    }
    if (url.startsWith('/images/none')) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"No such image"}');
      return;
    }
    if (url.startsWith('/images/null')) {
      response.writeHead(500, { 'content-type': 'application/json' }).end('null');
      return;
    }
    if (url.startsWith('/words')) {
      response.end('OK');
      return;
    }
    if (url.startsWith('/cut')) {
      response.writeHead(200, { 'content-length': '100' });
      response.write('[');
      setTimeout(() => response.destroy(), 50);
      return;
    }
    response.writeHead(url.startsWith('/refused') ? 500 : 200);
    pour(response);
  });
  const socket = path.join(folder, 'engine.sock');
  await new Promise<void>(resolve => server.listen(socket, resolve));
  engine = createEngine(socket);
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (at: string, signal = AbortSignal.timeout(20_000)) =>
  engine.call({ method: 'GET', path: at }, signal).then(
    answer => answer,
    (error: unknown) => error,
  );

for (const at of ['/images/json', '/info', '/refused']) {
  test(`an answer of ${at} that does not end is given up early, with a code`, async () => {
    const error = await get(at);
    assert.ok(isTowlineError(error, 'ENGINE_ANSWER_TOO_LARGE'), String(error));
    assert.match(error.message, new RegExp(`GET ${at}`));
    assert.ok(sent < 64 * mebibyte, `${sent / mebibyte} MiB were taken`);
  });
}

test('a refusal of a stream that does not end is given up early, too', async () => {
  const error = await engine.stream({ method: 'GET', path: '/refused' }, AbortSignal.timeout(20_000)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(isTowlineError(error, 'ENGINE_ANSWER_TOO_LARGE'), String(error));
});

test('events without an end of a line do not fill the memory: the stream is left and asked for again', async () => {
  const stop = new AbortController();
  const before = process.memoryUsage().rss;
  let subscriptions = 0;
  const stream: Engine['stream'] = (request, signal) => {
    subscriptions += 1;
    if (subscriptions === 2) stop.abort();
    return engine.stream(request, signal);
  };
  await watchEngine({
    engine: { call: engine.call, stream },
    device: 'pump-1',
    inspections: new Inspections(),
    clock: createSystemClock(),
    onChange: () => undefined,
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]),
  });
  assert.equal(subscriptions, 2);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 300 * mebibyte, `${grown / mebibyte} MiB`);
});

test("what fits is answered as before: JSON, words, refusals with the engine's own, and answers that are cut", async () => {
  assert.deepEqual(await get('/containers/json'), []);
  const refused = await get('/images/none/json');
  assert.ok(isTowlineError(refused, 'ENGINE_REFUSED'));
  assert.deepEqual([refused.message, refused.details.status], ['No such image', 404]);
  const empty = await get('/images/null/json');
  assert.ok(isTowlineError(empty, 'ENGINE_REFUSED'));
  assert.equal(empty.message, 'HTTP status 500: null');
  assert.equal(String(await get('/words')), 'OK');
  assert.ok(isTowlineError(await get('/cut'), 'ENGINE_UNREACHABLE'));
  const aborted = new AbortController();
  const waiting = get('/cut', aborted.signal);
  aborted.abort(new Error('stop'));
  assert.equal(((await waiting) as Error).message, 'stop');
});

test('the lists of Podman have no HostConfig: the host’s network is known by its name', () => {
  const listed = (Networks: object | null) => networkModeOf({ NetworkSettings: { Networks } });
  assert.deepEqual([listed({ host: {} }), listed({ shop_default: {} }), listed(null)], ['host', '', '']);
  const docker = { HostConfig: { NetworkMode: 'container:1' }, NetworkSettings: { Networks: { host: {} } } };
  assert.equal(networkModeOf(docker), 'container:1');
});
