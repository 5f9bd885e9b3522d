import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { EventTime, FluentServer, type FluentServerOptions } from '@fluent-org/logger';
import { encode } from '@msgpack/msgpack';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { Certificates } from '../wire/certificates.ts';
import { eventDelivery, gapDelivery, logDelivery } from '../wire/deliveries.ts';
import { openedSink } from '../wire/opened-sinks.ts';
import { Receiver } from '../wire/receiver.ts';

const { signal } = new AbortController();
const security = {
  serverHostname: 'fluentd.example.com',
  sharedKey: 'the shared key',
  authorize: true,
  userDict: { towline: 'the password' },
};

interface Entry {
  readonly tag: string;
  readonly time: unknown;
  readonly record: Readonly<Record<string, unknown>>;
}

class Fluentd {
  readonly entries: Entry[] = [];
  readonly #server: FluentServer;

  constructor(options: FluentServerOptions = {}) {
    this.#server = new FluentServer({ listenOptions: { port: 0, host: '127.0.0.1' }, ...options });
    this.#server.on('entry', (tag, time, record) => void this.entries.push({ tag, time, record }));
  }

  async start(): Promise<this> {
    await this.#server.listen();
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

let certificates: Certificates;
let keyFile = '';
let passwordFile = '';

before(() => {
  certificates = new Certificates();
  keyFile = path.join(certificates.folder, 'shared-key');
  passwordFile = path.join(certificates.folder, 'password');
  writeFileSync(keyFile, 'the shared key\n');
  writeFileSync(passwordFile, 'the password\n');
});

after(() => certificates.remove());

const sink = (address: string, ...keys: readonly string[]) =>
  openedSink(
    [
      'sinks:',
      '  f:',
      '    kind: fluentd',
      `    address: ${address}`,
      ...keys.map(key => `    ${key}`),
      '',
    ].join('\n'),
  );

test('records arrive with nanoseconds, under a tag for each service, as Docker’s driver has them and with their id', async () => {
  for (const compress of ['compress: true', 'compress: false']) {
    await using server = await new Fluentd().start();
    const delivering = await sink(server.address, compress);
    const fields = { user: 'ä', count: 3 };
    assert.deepEqual(
      await delivering.deliver(
        [logDelivery(7, 'gestartet', { fields }), gapDelivery(8, { lines: 5 }), eventDelivery(3)],
        signal,
      ),
      [],
    );
    const [line, gap, event] = server.entries;
    assert.equal(line?.tag, 'towline.pump.web');
    const seconds = Date.parse('2026-11-29T01:02:03Z') / 1000;
    assert.deepEqual(line?.time, new EventTime(seconds, 123_456_789));
    assert.deepEqual(line?.record, {
      container_id: 'c0ffee123456',
      container_name: 'pump-web',
      source: 'stdout',
      log: 'gestartet',
      project: 'pump',
      service: 'web',
      id: 'wire-17/c0ffee123456/7',
      fleet: 'wire-fleet',
      device: 'wire-17',
      labels: { site: 'berlin' },
      fields,
    });
    assert.deepEqual(gap?.record.gap, { reason: 'rotated', lines: 5 });
    assert.deepEqual([event?.tag, event?.record.event], ['towline.events', 'container.die']);
    await delivering.close();
  }
});

test('with a shared key, a user and TLS both ends prove who they are', async () => {
  const { cert, key } = certificates.issue('fluentd.example.com');
  await using server = await new Fluentd({ security, tlsOptions: { cert, key } }).start();
  const tls = `tls: { ca: ${certificates.caFile}, serverName: fluentd.example.com }`;
  const named = ['username: towline', `passwordFile: ${passwordFile}`];
  const delivering = await sink(server.address, tls, `sharedKeyFile: ${keyFile}`, ...named);
  await delivering.deliver([logDelivery(1, 'a')], signal);
  await delivering.deliver([logDelivery(2, 'b')], signal);
  assert.deepEqual(
    server.entries.map(({ record }) => record.log),
    ['a', 'b'],
  );
  await delivering.close();

  writeFileSync(passwordFile, 'another password\n');
  delivering.reload?.();
  await assert.rejects(delivering.deliver([logDelivery(3, 'c')], signal), /username\/password mismatch/);
  writeFileSync(passwordFile, 'the password\n');
  await delivering.deliver([logDelivery(3, 'c')], signal);
  await delivering.close();

  const anonymous = await sink(server.address, tls, `sharedKeyFile: ${keyFile}`);
  await assert.rejects(anonymous.deliver([logDelivery(4, 'd')], signal), /asks for a user/);
  const plain = await sink(server.address, tls, 'timeout: 500ms');
  await assert.rejects(plain.deliver([logDelivery(4, 'd')], signal), {
    message: /it asks for a shared key, and none is configured/,
  });
  assert.equal(server.entries.length, 3);
});

test('a server that does not know the shared key is told nothing', async () => {
  await using server = await new Fluentd({
    security: { ...security, authorize: false, sharedKey: 'another' },
  }).start();
  const delivering = await sink(server.address, `sharedKeyFile: ${keyFile}`);
  await assert.rejects(delivering.deliver([logDelivery(1, 'a')], signal), /shared key mismatch/);
  assert.deepEqual(server.entries, []);
  await delivering.close();
});

test('what is not acknowledged comes again: a server that never does, one that closes, one that acknowledges half', async () => {
  await using receiver = await new Receiver().listen();
  const delivering = await sink(`127.0.0.1:${receiver.port}`, 'timeout: 300ms');
  const batch = [logDelivery(1, 'a'), eventDelivery(1)];
  await assert.rejects(delivering.deliver(batch, signal), /not acknowledged .*nothing within 300 ms/);
  receiver.onConnection = socket => void socket.on('data', () => socket.destroy());
  await assert.rejects(delivering.deliver(batch, signal), { code: 'TELEMETRY_RECEIVER_UNREACHABLE' });
  receiver.onConnection = socket => acknowledge(socket, chunks => chunks.slice(0, 1));
  await assert.rejects(delivering.deliver(batch, signal), /nothing within 300 ms/);
  receiver.onConnection = socket => acknowledge(socket, chunks => chunks);
  assert.deepEqual(await delivering.deliver(batch, signal), []);
  await delivering.close();
});

test('a server that says garbage, nests without end or never stops is cut off', async () => {
  await using receiver = await new Receiver().listen();
  const lies: readonly Buffer[] = [
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    Buffer.alloc(100_000, 0x91),
    Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0xc6, 0x7f, 0xff, 0xff, 0xff]),
    Buffer.from(encode(['HELO', { nonce: 7 }])),
    Buffer.from(encode(['HELO', { nonce: Buffer.alloc(16), auth: Buffer.alloc(0) }])),
    Buffer.concat(Array.from({ length: 50 }, () => Buffer.from(encode({ ack: 'another chunk' })))),
  ];
  for (const lie of lies) {
    receiver.onConnection = socket => void socket.on('data', () => socket.write(lie)).write(lie);
    for (const keys of [[], [`sharedKeyFile: ${keyFile}`]]) {
      const delivering = await sink(`127.0.0.1:${receiver.port}`, 'timeout: 300ms', ...keys);
      await assert.rejects(delivering.deliver([logDelivery(1, 'a')], signal), {
        code: /^TELEMETRY_RECEIVER_/,
      });
      await delivering.close();
    }
  }
});

test('keys that do not go together are told at the start', async () => {
  await assert.rejects(
    sink('127.0.0.1:24224', 'username: towline'),
    /`username` and `passwordFile` go together/,
  );
  await assert.rejects(
    sink('127.0.0.1:24224', 'username: towline', `passwordFile: ${passwordFile}`),
    /needs a `sharedKeyFile`/,
  );
});

/** Answers with acknowledgements of the chunks that came, as they stand in the bytes. */
function acknowledge(socket: net.Socket, choose: (chunks: readonly string[]) => readonly string[]): void {
  socket.on('data', (bytes: Buffer) => {
    const chunks = [...bytes.toString('latin1').matchAll(/chunk\xb8([\w+/=]{24})/g)].map(
      ([, chunk = '']) => chunk,
    );
    for (const ack of choose(chunks)) socket.write(encode({ ack }));
  });
}

test('a connection is kept from batch to batch', async () => {
  await using receiver = await new Receiver().listen();
  receiver.onConnection = socket => acknowledge(socket, chunks => chunks);
  const delivering = await sink(`127.0.0.1:${receiver.port}`);
  for (const number of [1, 2, 3]) await delivering.deliver([logDelivery(number, 'x')], signal);
  await eventually(() => receiver.sockets.length === 1, 1_000);
  await delivering.close();
});
