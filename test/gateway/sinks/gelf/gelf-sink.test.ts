import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { logDelivery } from '../wire/deliveries.ts';
import { openedSink } from '../wire/opened-sinks.ts';
import { Receiver } from '../wire/receiver.ts';

const { signal } = new AbortController();
const sink = (kind: string, port: number, ...keys: readonly string[]) =>
  openedSink(
    `sinks:\n  s:\n    kind: ${kind}\n    address: 127.0.0.1:${port}\n${keys.map(key => `    ${key}\n`).join('')}`,
  );

/** Text that gzip cannot make smaller. */
const noise = (length: number) =>
  Array.from({ length }, (_, at) =>
    String.fromCharCode(0x4e00 + ((at * 7919 + ((at * at) % 104_729)) % 20_000)),
  ).join('');

test('a message that is too large is refused with a reason, and those around it arrive', async () => {
  await using receiver = await new Receiver().listen();
  const delivering = await sink('gelf', receiver.port, 'maxMessageBytes: 2KiB');
  const large = logDelivery(2, 'x'.repeat(3_000));
  const refused = await delivering.deliver([logDelivery(1, 'a'), large, logDelivery(3, 'b')], signal);
  assert.deepEqual(
    refused.map(({ delivery, reason }) => [delivery.id, /takes 2048/.test(reason)]),
    [[large.id, true]],
  );
  await eventually(() => receiver.text.split('\0').length === 3, 2_000);
  await delivering.close();
});

test('by UDP a large message goes in chunks that join to it, and one of more than 128 is refused', async () => {
  const socket = createSocket('udp4');
  const packets: Buffer[] = [];
  socket.on('message', packet => void packets.push(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  try {
    const delivering = await sink('gelf', socket.address().port, 'protocol: udp', 'datagramBytes: 512');
    const text = noise(4_000);
    const refused = await delivering.deliver([logDelivery(1, text), logDelivery(2, noise(60_000))], signal);
    assert.deepEqual(
      refused.map(({ delivery, reason }) => [delivery.id, /128 chunks/.test(reason)]),
      [['wire-17/c0ffee123456/2', true]],
    );
    const count = () => packets[0]?.[11];
    await eventually(() => packets.length > 0 && packets.length === count(), 2_000);
    const parts = packets.sort((one, other) => (one[10] ?? 0) - (other[10] ?? 0));
    const message = gunzipSync(Buffer.concat(parts.map(packet => packet.subarray(12))));
    assert.equal(JSON.parse(message.toString('utf8')).short_message, text);
    await delivering.close();
  } finally {
    socket.close();
  }
});

test('by UDP a port that nobody listens on is heard of, and nothing counts as delivered that was sent after', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>(resolve => void socket.close(resolve));
  for (const kind of ['gelf', 'syslog']) {
    const delivering = await sink(kind, port, 'protocol: udp');
    await delivering.deliver([logDelivery(1, 'a')], signal);
    await new Promise(resolve => setTimeout(resolve, 50));
    await assert.rejects(delivering.deliver([logDelivery(2, 'b')], signal), {
      code: 'TELEMETRY_RECEIVER_UNREACHABLE',
    });
    await delivering.close();
  }
});

test('with SIGHUP the next message goes over a new connection', async () => {
  await using receiver = await new Receiver().listen();
  for (const kind of ['gelf', 'syslog']) {
    const before = receiver.sockets.length;
    const delivering = await sink(kind, receiver.port);
    await delivering.deliver([logDelivery(1, 'a')], signal);
    delivering.reload?.();
    await delivering.deliver([logDelivery(2, 'b')], signal);
    await eventually(() => receiver.sockets.length === before + 2, 2_000);
    // The first may be on its way on a connection that is given up: it is sent again, and counted.
    const [resent] = delivering.metrics?.() ?? [];
    assert.deepEqual([resent?.name, resent?.value], ['towline_gateway_sink_resent_total', 1]);
    await delivering.close();
  }
});

test('keys that do not go together are told at the start', async () => {
  await assert.rejects(sink('gelf', 1, 'protocol: udp', 'tls: {}'), /`tls` is for `protocol: tcp`/);
  await assert.rejects(sink('syslog', 1, 'tls: { key: /k }'), /`tls.certificate` and `tls.key` go together/);
  await assert.rejects(sink('syslog', 1, 'maxMessageBytes: 100B'), /less than 1KiB/);
  await assert.rejects(sink('syslog', 1, 'protocol: udp', 'maxMessageBytes: 1MiB'), /more than a datagram/);
});
