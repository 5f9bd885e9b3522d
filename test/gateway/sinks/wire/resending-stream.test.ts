import assert from 'node:assert/strict';
import dns from 'node:dns';
import type net from 'node:net';
import { afterEach, test } from 'node:test';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { ResendWindow } from '../../../../gateway/sinks/wire/resend-window.ts';
import { ResendingStream } from '../../../../gateway/sinks/wire/resending-stream.ts';
import { WireSocket, wireTimes } from '../../../../gateway/sinks/wire/wire-socket.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { Receiver } from './receiver.ts';

const { signal } = new AbortController();
const clock = createSystemClock();
const log = { debug() {}, info() {}, warn() {}, error() {} };
const times = { ...wireTimes, settleMs: 20 };

const frames = (...numbers: readonly number[]) => numbers.map(number => Buffer.from(`${number};`));

const opened: ResendingStream[] = [];
afterEach(async () => {
  for (const sending of opened.splice(0)) await sending.close();
});

function stream(receiver: Receiver, host = '127.0.0.1'): ResendingStream {
  const connect = () =>
    WireSocket.connect({ address: { host, port: receiver.port }, tls: undefined, times }, signal);
  const made = new ResendingStream({ connect, clock, log, pauseMs: 20 });
  opened.push(made);
  return made;
}

test('what was sent last comes again after a reconnect, before anything new, and nothing is lost', async () => {
  await using receiver = await new Receiver().listen();
  const sending = stream(receiver);
  await sending.send(frames(1, 2, 3), signal);
  await eventually(() => receiver.text === '1;2;3;', 2_000);
  await receiver.close();
  await assert.rejects(sending.send(frames(4), signal), { code: 'TELEMETRY_RECEIVER_UNREACHABLE' });
  await receiver.listen();
  await sending.send(frames(4, 5), signal);
  await eventually(() => receiver.text === '1;2;3;1;2;3;4;5;', 2_000);
  assert.equal(sending.resent, 3);
});

test('it comes again without anything new, as soon as the receiver is back', async () => {
  await using receiver = await new Receiver().listen();
  const sending = stream(receiver);
  await sending.send(frames(1), signal);
  await eventually(() => receiver.text === '1;', 2_000);
  await receiver.close();
  await new Promise(resolve => setTimeout(resolve, 100));
  await receiver.listen();
  await eventually(() => receiver.text === '1;1;', 4_000);
});

test('what is written while the receiver resets connections arrives, in order but for what comes twice', async () => {
  await using receiver = await new Receiver().listen();
  const sending = stream(receiver);
  for (let number = 0; number < 60; number += 1) {
    if (number % 20 === 7) receiver.cut();
    while (!(await sending.send(frames(number), signal).then(isDone, isFailed)));
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const seen = () =>
    new Set(
      receiver.text
        .split(';')
        .filter(text => text !== '')
        .map(Number),
    );
  await eventually(() => seen().size === 60, 10_000);
});

test('a receiver that takes all and closes swallows no backlog: each connection waits longer than the one before', async () => {
  await using receiver = await new Receiver().listen();
  receiver.onConnection = (socket: net.Socket) => void socket.once('data', () => socket.end());
  const sending = stream(receiver);
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < 1_000) {
    const late = AbortSignal.any([signal, AbortSignal.timeout(1_000)]);
    await sending.send(frames(sent), late).then(() => (sent += 1), isFailed);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  assert.ok(sent < 25, `${sent} frames were taken for delivered in a second`);
});

test('the name is looked up for each connection: a receiver that has moved is found', async t => {
  await using receiver = await new Receiver().listen('127.77.0.2');
  let address = '127.77.0.2';
  t.mock.method(dns, 'lookup', (_host: string, _options: unknown, found: (...all: unknown[]) => void) =>
    found(null, [{ address, family: 4 }]),
  );
  const sending = stream(receiver, 'moves.example.com');
  await sending.send(frames(1), signal);
  await eventually(() => receiver.text === '1;', 2_000);
  await receiver.close();
  address = '127.77.0.3';
  await receiver.listen(address);
  while (!(await sending.send(frames(2), signal).then(isDone, isFailed)));
  await eventually(() => receiver.text === '1;1;2;', 2_000);
});

test('who stops does not wait until a receiver is there', async () => {
  await using receiver = await new Receiver().listen();
  const sending = stream(receiver);
  await sending.send(frames(1), signal);
  await eventually(() => receiver.text === '1;', 2_000);
  // Takes connections and says nothing to them, so that the next one hangs in its handshake.
  const connect = (ending: AbortSignal) =>
    WireSocket.connect({ address: { host: '127.0.0.1', port: receiver.port }, tls: {}, times }, ending);
  const hanging = new ResendingStream({ connect, clock, log });
  const stop = new AbortController();
  const first = hanging.send(frames(1), stop.signal);
  const second = hanging.send(frames(2), stop.signal);
  stop.abort(new Error('the gateway stops'));
  await assert.rejects(first, /the gateway stops/);
  await assert.rejects(second, /the gateway stops/);
  await hanging.close();
});

test('the window holds the last minute, a thousand frames, or four megabytes, whichever is less', () => {
  const window = new ResendWindow();
  window.add(frames(1, 2), 0);
  window.add(frames(3), 50_000);
  window.add(frames(4), 61_000);
  assert.deepEqual(window.frames.map(String), ['3;', '4;']);
  window.add(
    Array.from({ length: 3_000 }, (_, number) => Buffer.from(`${number};`)),
    61_000,
  );
  assert.equal(window.frames.length, 1_000);
  assert.equal(String(window.frames.at(-1)), '2999;');
  window.add([Buffer.alloc(3_000_000), Buffer.alloc(3_000_000)], 61_000);
  assert.equal(window.bytes, 3_000_000);
  window.forget(200_000);
  assert.deepEqual([window.frames.length, window.bytes], [0, 0]);
});

const isDone = () => true;
const isFailed = () => false;
