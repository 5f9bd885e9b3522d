import assert from 'node:assert/strict';
import type net from 'node:net';
import { test } from 'node:test';
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

function stream(receiver: Receiver, host = '127.0.0.1'): ResendingStream {
  const connect = () =>
    WireSocket.connect({ address: { host, port: receiver.port }, tls: undefined, times }, signal);
  return new ResendingStream({ connect, clock, log, pauseMs: 20 });
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
  await sending.close();
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
  await sending.close();
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
  await sending.close();
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
  await sending.close();
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
