/** Pushes that cost or keep far more than was sent. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { isTowlineError } from '../../../core/errors.ts';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { StoredBudget, storedBytesPerDay } from '../../../gateway/telemetry/stored-budget.ts';
import { HandClock } from '../../agent/tunnel/hand-clock.ts';
import { runGit, type TestDevice, TestGateway, testDevice } from '../rig/gateway.ts';
import {
  commit,
  entry,
  pack,
  packOf,
  pushBody,
  pushStatus,
  raw,
  refOf,
  sendPush,
  tree,
  zero,
} from '../rig/push.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const other = testDevice('pump-2');
const ref = refOf(device);
const mebibyte = 1024 * 1024;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** All of a base but its last byte, and one byte more: a dozen bytes. */
function nearlyAll(size: number, last: number): Buffer {
  const copy = Buffer.alloc(8);
  copy.writeUInt8(0xff, 0);
  copy.writeUIntLE(size - 1, 5, 3);
  return Buffer.concat([varint(size), varint(size), copy, Buffer.from([1, last])]);
}

/** One blob that packs no further, and others that are deltas of it. */
function amplified(size: number, deltas: number) {
  const base = randomBytes(size);
  const blob = raw('blob', base);
  const id = objectId(blob);
  const made = Array.from({ length: deltas }, (_, index) => {
    const copy = Buffer.from(base);
    const last = (base.readUInt8(size - 1) + 1 + index) & 255;
    copy.writeUInt8(last, size - 1);
    const delta = nearlyAll(size, last);
    const body = Buffer.concat([Buffer.from(id, 'hex'), deflateSync(delta)]);
    return { bytes: copy, id: objectId(raw('blob', copy)), entry: entry(7, delta.length, body) };
  });
  const top = tree(['100644', 'a', id], ...made.map((one, at) => ['100644', `b${at}`, one.id] as const));
  const tip = commit(objectId(top));
  const whole = (code: number, bytes: Uint8Array) =>
    entry(code, bytes.length, deflateSync(bytes, { level: 1 }));
  const entries = [whole(1, tip.bytes), whole(2, top.bytes), whole(3, base), ...made.map(one => one.entry)];
  return { id: objectId(tip), pack: packOf(entries), results: made.map(({ bytes }) => bytes) };
}

function push(client: TestClient, from: TestDevice, made: { id: string; pack: Buffer }) {
  return sendPush(client, pushBody(zero, made.id, refOf(from), made.pack));
}

test('a pack whose deltas or zeros make many times of it what was sent is refused, and nothing of it is stored', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const zeros = raw('blob', Buffer.alloc(8 * mebibyte));
  const top = tree(['100644', 'a', objectId(zeros)]);
  const tip = commit(objectId(top));
  const bomb = { id: objectId(tip), pack: pack(tip, top, zeros) };
  for (const made of [amplified(3 * mebibyte, 9), amplified(mebibyte / 2, 5), bomb]) {
    const answer = await push(client, device, made);
    assert.equal(`${answer.status} ${codeOf(answer)}`, '413 GATEWAY_REQUEST_TOO_LARGE');
  }
  assert.equal(gateway.service.telemetry.batches, 0);
  const honest = amplified(mebibyte, 2);
  assert.match((await push(client, device, honest)).body.toString('utf8'), /ok refs/);
  assert.equal(runGit(['fsck', '--strict', '--full'], { cwd: gateway.settings.telemetryGit }).status, 0);
});

test('what came as deltas is compressed beside the event loop, not in it', async () => {
  await using gateway = await TestGateway.start([device]);
  const { id, pack: packed, results } = amplified(4 * mebibyte, 2);
  const cost = async (work: () => unknown) => {
    const start = process.threadCpuUsage();
    await work();
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  };
  const compressing = await cost(() => results.map(bytes => deflateSync(bytes)));
  const taking = await cost(() =>
    gateway.service.telemetry.accept({ ref, oldId: undefined, newId: id, pack: packed }),
  );
  assert.ok(taking < compressing, `${taking} ms in the loop, of which compressing would be ${compressing}`);
});

test('of one device no more is stored in a day than the fleet allows, and some for its status: then 429, audited', async () => {
  await using gateway = await TestGateway.start([device, other]);
  gateway.view.publish(
    new FleetView({
      commit: '1'.repeat(40),
      fleet: {
        apiVersion: 'towline/v1',
        name: 'test',
        gateways: [] as never,
        telemetry: { maxBytesPerDay: '1KiB' },
      },
      devices: [device.view, other.view],
      operators: [],
      desiredTunnel: () => undefined,
    }),
  );
  using client = new TestClient(gateway.port, device);
  using calm = new TestClient(gateway.port, other);
  let tip = zero;
  for (let round = 0; round < 3; round += 1) {
    const blob = raw('blob', randomBytes(6 * mebibyte));
    const top = tree(['100644', 'log', objectId(blob)]);
    const made = commit(objectId(top), tip === zero ? [] : [tip]);
    const answer = await sendPush(client, pushBody(tip, objectId(made), ref, pack(made, top, blob)));
    assert.match(answer.body.toString('utf8'), /ok refs/);
    tip = objectId(made);
  }
  const refused = await push(client, device, amplified(1000, 0));
  assert.equal(`${refused.status} ${codeOf(refused)}`, '429 GATEWAY_RATE_LIMITED');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  const [line] = gateway.audited.filter(({ code }) => code === 'GATEWAY_RATE_LIMITED');
  assert.equal(`${line?.action} ${line?.outcome} ${line?.who}`, 'push-telemetry refused pump-1');
  await pushStatus(calm, other, 'fine');
});

test('a device that used up its day may go on as the day goes on, by the settings of then', () => {
  const clock = new HandClock();
  let bytesPerDay = 24_000;
  const budget = new StoredBudget(() => bytesPerDay, clock);
  const isOver = () => {
    try {
      budget.check('pump-1');
      return 0;
    } catch (error) {
      return isTowlineError(error, 'GATEWAY_RATE_LIMITED') ? Number(error.details.retryAfterSec) : Number.NaN;
    }
  };
  budget.charge('pump-1', 23_000);
  assert.equal(isOver(), 0);
  budget.charge('pump-1', 2_500);
  assert.ok(isOver() > 0 && isOver() <= 3600);
  clock.advance(3_600_000);
  assert.ok(isOver() > 0 && isOver() <= 1801);
  clock.advance(1_802_000);
  assert.equal(isOver(), 0);
  budget.charge('pump-1', 1000);
  assert.ok(isOver() > 0);
  bytesPerDay = 48_000;
  assert.equal(isOver(), 0);
  assert.equal(storedBytesPerDay(undefined), 56 * mebibyte);
});
