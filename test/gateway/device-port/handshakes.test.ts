import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { addressGroup } from '../../../core/address-group.ts';
import { judgeClientHello } from '../../../gateway/device-port/client-hello.ts';
import { type HandshakeLimits, Handshakes } from '../../../gateway/device-port/handshakes.ts';

/** A whole record, as TLS would take it. */
const hello = Buffer.from([22, 3, 1, 0, 4, 1, 2, 3, 4]);

/** Handshakes behind a real port, with a TLS that never answers. */
class Door implements AsyncDisposable {
  readonly handshakes: Handshakes;
  readonly served: Socket[] = [];
  readonly #server: Server;
  readonly #dialled: Socket[] = [];

  constructor(limits: HandshakeLimits) {
    this.handshakes = new Handshakes(limits, socket => this.served.push(socket));
    this.#server = createServer(socket => this.handshakes.begin(socket)).listen(0, '127.0.0.1');
  }

  async dial(localAddress: string, bytes?: Uint8Array): Promise<Socket> {
    if (!this.#server.listening) await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    const accepted = once(this.#server, 'connection');
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => socket.destroy());
    this.#dialled.push(socket);
    await accepted;
    if (bytes !== undefined) socket.write(bytes);
    return socket;
  }

  async until(condition: () => boolean): Promise<void> {
    for (let tries = 0; tries < 6000 && !condition(); tries += 1) await wait(10);
    assert.ok(condition());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.handshakes.close();
    for (const socket of this.#dialled) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const slow = { turnMs: 3_600_000 };

test('addresses have their turn one after the other: one that sends many holds up its own', async () => {
  await using door = new Door({ maxUnderWay: 4, ...slow });
  for (let index = 0; index < 10; index += 1) await door.dial('127.0.0.2', hello);
  // Three quarters of four.
  await door.until(() => door.served.length === 3 && door.handshakes.waiting === 7);
  await door.dial('127.0.0.3', hello);
  await door.until(() => door.served.length === 4);
  assert.equal(door.served.at(-1)?.remoteAddress, '127.0.0.3');
  await door.dial('127.0.0.3', hello);
  await door.dial('127.0.0.4', hello);
  await door.until(() => door.handshakes.waiting === 9);
  for (const socket of [...door.served]) socket.destroy();
  await door.until(() => door.served.length === 8);
  assert.deepEqual(new Set(door.served.slice(4, 7).map(socket => socket.remoteAddress)).size, 3);
});

test('too many that are silent: the oldest goes, of the address that has most of the room', async () => {
  await using door = new Door({ maxUnderWay: 16, maxSilent: 8, ...slow });
  const other = await door.dial('127.0.0.3');
  const silent: Socket[] = [];
  for (let index = 0; index < 50; index += 1) silent.push(await door.dial('127.0.0.2'));
  await door.until(() => door.handshakes.refused === 44);
  assert.equal(door.handshakes.silent, 7);
  await door.until(() => silent.filter(socket => socket.destroyed || socket.readableEnded).length === 44);
  other.write(hello);
  await door.until(() => door.served.length === 1);
  assert.equal(door.served[0]?.remoteAddress, '127.0.0.3');
});

test('too many that wait: those that came last are let go, so that all that wait have their turn in time', async () => {
  await using door = new Door({ maxUnderWay: 4, maxWaiting: 8, ...slow });
  for (let index = 0; index < 30; index += 1) await door.dial('127.0.0.2', hello);
  await door.until(() => door.handshakes.refused === 21);
  assert.deepEqual([door.served.length, door.handshakes.waiting], [3, 6]);
  await door.dial('127.0.0.3', hello);
  await door.until(() => door.served.length === 4);
});

test('each room lets go of those that stay too long, and sooner of a handshake that others wait behind', async () => {
  await using door = new Door({ maxUnderWay: 4, turnMs: 20 });
  await door.dial('127.0.0.2');
  await door.dial('127.0.0.2', hello.subarray(0, 6));
  for (let index = 0; index < 3; index += 1) await door.dial('127.0.0.2', hello);
  await door.until(() => door.handshakes.underWay === 0 && door.handshakes.silent === 0);
  assert.equal(door.handshakes.refused, 5);
  for (let index = 0; index < 12; index += 1) await door.dial('127.0.0.2', hello);
  await door.until(() => door.handshakes.underWay + door.handshakes.waiting === 0);
  // Three at a time, five turns each: within the patience of those that wait two lots have their turn.
  assert.ok(door.served.length > 3 + 3, `${door.served.length} served`);
});

test('what TLS is given begins with what was read before its turn', async () => {
  await using door = new Door({ maxUnderWay: 4, ...slow });
  const socket = await door.dial('127.0.0.2', hello.subarray(0, 3));
  await wait(30);
  socket.write(Buffer.concat([hello.subarray(3), Buffer.from('more')]));
  await door.until(() => door.served.length === 1);
  const [first] = door.served;
  const bytes: Buffer[] = [];
  first?.on('data', (chunk: Buffer) => bytes.push(chunk));
  socket.write('later');
  await door.until(() => Buffer.concat(bytes).length === hello.length + 9);
  assert.deepEqual(Buffer.concat(bytes), Buffer.concat([hello, Buffer.from('morelater')]));
});

test('a ClientHello is known by its record at every length, and nothing else is taken for one', () => {
  for (let end = 0; end < hello.length; end += 1) {
    assert.equal(judgeClientHello(hello.subarray(0, end)), 'begun');
  }
  assert.equal(judgeClientHello(hello), 'whole');
  assert.equal(judgeClientHello(Buffer.concat([hello, hello])), 'whole');
  for (const bytes of [[0x16, 2], [0x17], [0x47], [22, 3, 1, 0xff, 0xff], [22, 3, 1, 0, 0]]) {
    assert.equal(judgeClientHello(Buffer.from(bytes)), 'none');
  }
});

test('an address is the whole of IPv4 and the network of IPv6', () => {
  assert.equal(addressGroup('192.0.2.7'), '192.0.2.7');
  assert.equal(addressGroup('::ffff:192.0.2.7'), '::ffff:192.0.2.7');
  assert.equal(addressGroup('2001:db8:1:2:a:b:c:d'), addressGroup('2001:db8:1:2::9'));
  assert.equal(addressGroup('2001:db8::1'), addressGroup('2001:db8::2'));
  assert.notEqual(addressGroup('2001:db8:1:2::1'), addressGroup('2001:db8:1:3::1'));
  assert.equal(addressGroup(undefined), '');
});
