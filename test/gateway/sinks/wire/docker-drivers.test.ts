/** What Docker's own drivers send of a container, and what the sinks send of the same lines. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { decode, decodeMulti, ExtData } from '@msgpack/msgpack';
import Docker from 'dockerode';
import { driverFields } from '../../../../core/telemetry/lines/driver-fields.ts';
import type { Fields } from '../../../../core/telemetry/record/record.ts';
import type { RecordSink } from '../../../../gateway/sinks/delivery.ts';
import { ensureEngine } from '../../../../lab/machine/engine.ts';
import { ImageMaker } from '../../../../lab/machine/images.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { logDelivery } from './deliveries.ts';
import { openedSink } from './opened-sinks.ts';
import { Receiver } from './receiver.ts';

const { signal } = new AbortController();
const image = 'towline-test/once:1';
const says = 'echo gestartet; sleep 0.2; echo "größer <7>" >&2';
const common = { tag: '{{.Name}}/{{.ID}}', labels: 'site', env: 'MODE' };

interface Logged {
  readonly id: string;
  readonly name: string;
  /** As the agent makes them of the inspection. */
  readonly fields: Fields;
}

let engine: Awaited<ReturnType<typeof ensureEngine>>;
let docker: Docker;
const made: Docker.Container[] = [];
let count = 0;

before(async () => {
  engine = await ensureEngine();
  docker = new Docker({ socketPath: engine.socket });
  await new ImageMaker(engine.socket, 'unused').build(image, 'one-shot', '1');
});

after(async () => {
  await Promise.all(made.map(container => container.remove({ force: true })));
  await engine.stop();
});

/** Runs it to its end with the real driver. */
async function logged(driver: string, options: Readonly<Record<string, string>>): Promise<Logged> {
  count += 1;
  const name = `wire-drivers-${driver}-${process.pid}-${count}`;
  const container = await docker.createContainer({
    name,
    Image: image,
    Cmd: ['sh', '-c', says],
    Env: ['MODE=test', 'OTHER=x'],
    Labels: { site: 'berlin', other: 'y' },
    NetworkDisabled: true,
    HostConfig: { LogConfig: { Type: driver, Config: { ...common, ...options } } },
  });
  made.push(container);
  await container.start();
  await container.wait();
  const { Id, Name, Image, Config, Created } = await container.inspect();
  const facts = {
    ...{
      id: Id,
      name: Name.replace(/^\//, ''),
      imageId: Image,
      imageName: Config.Image,
      labels: Config.Labels,
    },
    ...{ environment: Config.Env, command: Config.Cmd ?? [], created: Created, daemonName: 'docker' },
  };
  const ours = { ...common, ...options, [`${driver}-address`]: 'towline' };
  return {
    id: Id,
    name: facts.name,
    fields: driverFields({ logging: { driver, options: ours } }, facts, []),
  };
}

/** The same two lines through a sink. */
async function delivered(sink: RecordSink, { id, fields }: Logged): Promise<void> {
  const container = id.slice(0, 12);
  await sink.deliver(
    [
      { ...logDelivery(1, 'gestartet', { fields }), container },
      { ...logDelivery(2, 'größer <7>', { fields, stream: 'stderr' }), container },
    ],
    signal,
  );
  await sink.close();
}

const sinkOf = (kind: string, port: number, ...keys: readonly string[]) =>
  openedSink(
    `sinks:\n  s:\n    kind: ${kind}\n    address: 127.0.0.1:${port}\n${keys.map(key => `    ${key}\n`).join('')}`,
  );

test('syslog: priority, version, tag and text are Docker’s; host, process, message id and structured data say more', async () => {
  await using theirs = await new Receiver().listen();
  await using ours = await new Receiver().listen();
  const options = { 'syslog-facility': 'local3', 'syslog-format': 'rfc5424micro' };
  const container = await logged('syslog', {
    'syslog-address': `tcp://127.0.0.1:${theirs.port}`,
    ...options,
  });
  await delivered(await sinkOf('syslog', ours.port), container);
  await eventually(() => theirs.text.split('\n').length === 3 && ours.text.includes('größer'), 10_000);
  // Docker has a line end behind each by plain TCP, we have its length before it (RFC 6587, 3.4.1).
  const theirLines = theirs.text.trimEnd().split('\n');
  const ourLines = ours.text.split(/(?<=gestartet|größer <7>)/).map(frame => {
    const space = frame.indexOf(' ');
    assert.equal(Buffer.byteLength(frame.slice(space + 1)), Number(frame.slice(0, space)));
    return frame.slice(space + 1);
  });
  const form = /^(<\d+>1) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\S* \S+ (\S+) (\S+) (\S+) (-|\[.*\]) (.*)$/;
  for (const [at, text] of ['gestartet', 'größer <7>'].entries()) {
    const [, pri, , app, , id, data, said] = form.exec(theirLines[at] ?? '') ?? [];
    const [, ourPri, ourTime, ourApp, ourProcess, ourId, ourData, ourSaid] =
      form.exec(ourLines[at] ?? '') ?? [];
    assert.deepEqual([ourPri, ourApp, ourSaid], [pri, app, said]);
    assert.deepEqual(
      [said, app, id, data],
      [text, `${container.name}/${container.id.slice(0, 12)}`, app, '-'],
    );
    assert.equal(ourTime, '2026-11-29T01:02:03.123456');
    assert.deepEqual([ourProcess, ourId], [container.id.slice(0, 12), at === 0 ? 'stdout' : 'stderr']);
    assert.match(ourData ?? '', /\[fields@32473 site="berlin" MODE="test"\]$/);
  }
});

test('syslog in the old format has Docker’s parts in their places', async () => {
  await using theirs = await new Receiver().listen();
  await using ours = await new Receiver().listen();
  const options = { 'syslog-format': 'rfc3164' };
  const container = await logged('syslog', {
    'syslog-address': `tcp://127.0.0.1:${theirs.port}`,
    ...options,
  });
  await delivered(await sinkOf('syslog', ours.port), container);
  await eventually(() => theirs.text.split('\n').length === 3 && ours.text.includes('größer'), 10_000);
  const form = /(<\d+>)([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^[\s]+)\[(\w+)\]: gestartet/;
  const [, pri, , , tag] = form.exec(theirs.text) ?? [];
  const [, ourPri, ourTime, ourHost, ourTag, ourProcess] = form.exec(ours.text) ?? [];
  assert.deepEqual([ourPri, ourTime, ourHost], [pri, 'Nov 29 01:02:03', 'wire-17']);
  // RFC 3164, 4.1.3: 32 characters at most, which Docker's driver does not keep to.
  assert.equal(ourTag, tag?.slice(0, 32));
  assert.equal(ourProcess, container.id.slice(0, 12));
});

test('GELF by UDP and TCP: every field that Docker’s driver sends is there with its value', async () => {
  const socket = createSocket('udp4');
  const packets: Buffer[] = [];
  socket.on('message', packet => void packets.push(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await using theirs = await new Receiver().listen();
  await using ours = await new Receiver().listen();
  try {
    const { port } = socket.address();
    const [byUdp, byTcp] = await Promise.all([
      logged('gelf', { 'gelf-address': `udp://127.0.0.1:${port}` }),
      logged('gelf', { 'gelf-address': `tcp://127.0.0.1:${theirs.port}` }),
    ]);
    await eventually(() => packets.length === 2, 10_000);
    await delivered(await sinkOf('gelf', port, 'protocol: udp'), byUdp);
    await delivered(await sinkOf('gelf', ours.port), byTcp);
    await eventually(() => packets.length === 4 && [theirs, ours].every(isWhole), 10_000);
  } finally {
    socket.close();
  }
  for (const packet of packets) assert.equal(packet.readUInt16BE(0), 0x1f8b, 'packed with gzip');
  const datagrams = packets.map(packet => JSON.parse(gunzipSync(packet).toString('utf8')));
  compareGelf(datagrams.slice(0, 2), datagrams.slice(2));
  compareGelf(messagesIn(theirs), messagesIn(ours));
});

test('Fluentd: tag, keys and values of Docker’s driver are there, and the form of the time', async () => {
  await using theirs = await new Receiver().listen();
  await using ours = await new Receiver().listen();
  const options = { 'fluentd-address': `127.0.0.1:${theirs.port}`, 'fluentd-sub-second-precision': 'true' };
  const container = await logged('fluentd', options);
  const sink = await sinkOf('fluentd', ours.port, 'compress: false', 'timeout: 500ms');
  await assert.rejects(delivered(sink, container), /not acknowledged/);
  await sink.close();
  const [first, second] = [...decodeMulti(theirs.received)];
  assert.ok(Array.isArray(first) && Array.isArray(second));
  const ourMessage = decode(ours.received);
  assert.ok(Array.isArray(ourMessage) && ourMessage[1] instanceof Uint8Array);
  assert.equal(ourMessage[0], first[0]);
  const entries = [...decodeMulti(ourMessage[1])];
  for (const [at, theirMessage] of [first, second].entries()) {
    const entry = entries[at];
    assert.ok(Array.isArray(entry) && entry[0] instanceof ExtData && theirMessage[1] instanceof ExtData);
    const forms = [entry[0], theirMessage[1]].map(({ type, data }) => [
      type,
      Buffer.from(data as Uint8Array).length,
    ]);
    assert.deepEqual(forms[0], forms[1]);
    const { container_name, ...theirMap } = theirMessage[2];
    const { container_name: ourName, ...ourMap } = entry[1];
    assert.deepEqual({ ...ourMap, ...theirMap }, ourMap, 'nothing of theirs is missing or other');
    assert.equal(`/${ourName}`, container_name);
  }
});

const isWhole = (receiver: Receiver): boolean => receiver.text.split('\0').length === 3;
const messagesIn = (receiver: Receiver) =>
  receiver.text
    .split('\0')
    .filter(text => text !== '')
    .map(text => JSON.parse(text));

/** Where a line was written, and when, is what is other. */
function compareGelf(
  theirs: readonly Record<string, unknown>[],
  ours: readonly Record<string, unknown>[],
): void {
  assert.equal(theirs.length, 2);
  for (const [at, message] of theirs.entries()) {
    const { host, timestamp, ...rest } = message;
    const { host: ourHost, timestamp: ourTime, ...ourRest } = ours[at] ?? {};
    assert.deepEqual({ ...ourRest, ...rest }, ourRest, 'nothing of theirs is missing or other');
    assert.equal(typeof host, typeof ourHost);
    assert.equal(typeof timestamp, typeof ourTime);
  }
}
