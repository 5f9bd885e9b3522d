/** Devices that go wrong in one of five ways and go on so; whatever the gateway does to them, they come again. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { TestDevice } from './gateway.ts';
import { pushHeaders, pushPath } from './push.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';
const pauseMs = 200;

/** How many times as slow this machine is as one that does nothing else: that many times slower may all be, the hostile too. */
export const slowness = () => Math.max(1, (loadavg()[0] ?? 1) / availableParallelism());

async function dial(port: number, device: TestDevice, signal: AbortSignal): Promise<TLSSocket | undefined> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    key: device.keys.tlsKey,
    cert: device.keys.tlsCertificate,
  });
  const onAbort = () => socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', onAbort);
  return await new Promise(resolve => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(undefined);
    });
  });
}

const post = (length: number) =>
  `POST ${pushPath} HTTP/1.1\r\nHost: g\r\nContent-Type: ${pushHeaders['content-type']}\r\nContent-Length: ${length}\r\n\r\n`;

export const misbehaviours = {
  /** More than it declared it would, and it declared more than it may. */
  async *'too much'(socket: TLSSocket) {
    socket.write(post(100_000_000));
    while (!socket.destroyed) yield void socket.write(Buffer.alloc(64 * 1024, 'x'));
  },
  async *'too often'(socket: TLSSocket) {
    while (!socket.destroyed) {
      yield void socket.write(`GET ${advert} HTTP/1.1\r\nHost: g\r\n\r\n`.repeat(20));
    }
  },
  async *'too slowly'(socket: TLSSocket) {
    for (const letter of post(1000)) yield void socket.write(letter);
    while (!socket.destroyed) yield void socket.write('0');
  },
  async *nothing(socket: TLSSocket) {
    while (!socket.destroyed) yield;
  },
  /** Asks, and never reads what is answered. */
  async *'and never read'(socket: TLSSocket) {
    socket.pause();
    while (!socket.destroyed) {
      yield void socket.write(`GET ${advert} HTTP/1.1\r\nHost: g\r\n\r\n`.repeat(20));
    }
  },
} as const;

export type Misbehaviour = keyof typeof misbehaviours;

/** Goes on until the signal is aborted. */
export async function misbehave(
  port: number,
  device: TestDevice,
  kind: Misbehaviour,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const socket = await dial(port, device, signal);
    if (socket === undefined) {
      await wait(pauseMs * slowness());
      continue;
    }
    if (kind !== 'and never read') socket.resume();
    const steps = misbehaviours[kind](socket);
    while (!signal.aborted && !socket.destroyed) {
      if ((await steps.next()).done === true) break;
      await wait(pauseMs * slowness());
    }
    socket.destroy();
  }
}
