import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { WireSocket, type WireTimes, wireTimes } from '../../../../gateway/sinks/wire/wire-socket.ts';
import { requireCommands } from '../../../../lab/machine/packages.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { Certificates } from './certificates.ts';
import { Receiver } from './receiver.ts';

const { signal } = new AbortController();
const quick: WireTimes = { ...wireTimes, connectMs: 3_000, writeMs: 400, settleMs: 50, lookMs: 50 };

let certificates: Certificates;

before(() => {
  certificates = new Certificates();
});

after(() => {
  certificates.remove();
});

function dial(port: number, about: Partial<Parameters<typeof WireSocket.connect>[0]> = {}) {
  const address = { host: '127.0.0.1', port };
  return WireSocket.connect({ address, tls: undefined, times: quick, ...about }, signal);
}

test('a receiver that closes is known before the next record is sent', async () => {
  await using receiver = await new Receiver().listen();
  const socket = await dial(receiver.port);
  receiver.sockets[0]?.end();
  await eventually(() => socket.gone !== undefined, 2_000);
  await assert.rejects(socket.write(Buffer.from('x'), signal), { code: 'TELEMETRY_RECEIVER_UNREACHABLE' });
});

test('a balancer that takes a connection and closes it at once is no connection', async () => {
  await using receiver = await new Receiver().listen();
  receiver.onConnection = accepted => accepted.destroy();
  await assert.rejects(dial(receiver.port), { code: 'TELEMETRY_RECEIVER_UNREACHABLE' });
});

test('a receiver that stops reading fails the write after a time, and one that reads slowly does not', async () => {
  await using receiver = await new Receiver().listen();
  receiver.onConnection = accepted => accepted.pause();
  const socket = await dial(receiver.port);
  const large = Buffer.alloc(20 * 1024 * 1024);
  await assert.rejects(socket.write(large, signal), /nothing was taken for 400 ms/);
  receiver.onConnection = accepted => {
    accepted.on('data', () => {
      accepted.pause();
      setTimeout(() => accepted.resume(), 20);
    });
  };
  // A slow machine takes nothing either, for a while.
  const writeMs = 2_000;
  const slow = await dial(receiver.port, { times: { ...quick, writeMs } });
  const began = performance.now();
  await slow.write(large, signal);
  assert.ok(performance.now() - began > writeMs, 'longer than the time in which nothing at all is taken');
  slow.close();
});

test('a receiver that is gone without a word is noticed by what is never acknowledged', async () => {
  requireCommands(['ip']);
  const host = '127.77.0.5';
  await using receiver = await new Receiver().listen(host);
  const socket = await dial(receiver.port, {
    address: { host, port: receiver.port },
    times: { ...quick, unanswered: 2 },
  });
  const route = ['route', 'replace', 'blackhole', `${host}/32`, 'table', 'local', 'metric', '0'];
  execFileSync('ip', route);
  try {
    await socket.write(Buffer.from('on its way'), signal);
    await eventually(() => socket.gone !== undefined);
    assert.match(String(socket.gone), /acknowledges nothing/);
  } finally {
    execFileSync('ip', ['route', 'del', 'blackhole', `${host}/32`, 'table', 'local']);
  }
  assert.equal(receiver.text, '');
});

test('one that talks where nothing is asked is cut off', async () => {
  await using receiver = await new Receiver().listen();
  receiver.onConnection = accepted => {
    const more = (): void => void (accepted.write(Buffer.alloc(16 * 1024)) ? setImmediate(more) : 0);
    accepted.on('drain', more);
    more();
  };
  const socket = await dial(receiver.port).catch((error: unknown) => String(error));
  if (typeof socket === 'string') assert.match(socket, /talks where nothing is asked/);
  else await eventually(() => socket.gone !== undefined, 2_000);
});

test('with TLS only the authority that is named counts, and the name that was asked for', async () => {
  const server = certificates.issue('logs.example.com');
  await using receiver = await new Receiver().listen('127.0.0.1', { cert: server.cert, key: server.key });
  const { ca } = certificates;
  const socket = await dial(receiver.port, { tls: { ca, servername: 'logs.example.com' } });
  socket.close();
  const other = dial(receiver.port, { tls: { ca, servername: 'other.example.com' } });
  await assert.rejects(other, /other\.example\.com/);
  await assert.rejects(dial(receiver.port, { tls: {} }), /certificate/);
});

test('a refused client certificate is known before anything is sent', async () => {
  const server = certificates.issue('strict.example.com');
  const secure = { cert: server.cert, key: server.key, ca: certificates.ca, requestCert: true };
  await using receiver = await new Receiver().listen('127.0.0.1', secure);
  await assert.rejects(dial(receiver.port, { tls: { ca: certificates.ca } }), {
    code: 'TELEMETRY_RECEIVER_UNREACHABLE',
  });
  const client = certificates.issue('gateway.example.com');
  const socket = await dial(receiver.port, {
    tls: { ca: certificates.ca, cert: client.cert, key: client.key },
  });
  await socket.write(Buffer.from('hello'), signal);
  await eventually(() => receiver.text === 'hello', 2_000);
  socket.close();
});

test('nothing that listens, and nothing that answers, end within their time', async () => {
  const closed = net.createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => closed.once('listening', resolve));
  const address = closed.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise(resolve => closed.close(resolve));
  await assert.rejects(dial(port), /ECONNREFUSED/);
  await using silent = await new Receiver().listen();
  const hangs = dial(silent.port, { tls: {}, times: { ...quick, connectMs: 200 } });
  await assert.rejects(hangs, /no connection within 200 ms/);
  const aborted = new AbortController();
  const options = { address: { host: '127.0.0.1', port: silent.port }, tls: {}, times: quick };
  const connecting = WireSocket.connect(options, aborted.signal);
  aborted.abort(new Error('the gateway stops'));
  await assert.rejects(connecting, /the gateway stops/);
});
