import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { readDeviceReport } from '../../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { DeviceReports } from '../../../gateway/sinks/device-reports.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import type { Sink } from '../../../gateway/sinks/sink.ts';

const [fleet, tip] = ['acme', 'a'.repeat(40)];

function viewOf(ids: readonly string[]): FleetView {
  return new FleetView({
    commit: '1'.repeat(40),
    fleet: {
      apiVersion: 'towline/v1',
      name: fleet,
      gateways: [{ address: 'g:1', tlsPins: [], sshHostKeys: [] }],
    },
    devices: ids.map(id => ({ id, file: { apiVersion: 'towline/v1' }, groups: [], labels: {} })),
    operators: [],
    desiredTunnel: () => undefined,
  });
}

class Rig implements Sink {
  readonly name = 'noted';
  readonly view = new FleetViewHolder(viewOf(['pump-1', 'pump-2']));
  readonly tips = new Map<string, string>();
  told: string[] = [];
  fails = false;
  readonly #follower = new Follower({
    sink: this,
    view: this.view,
    refs: () => this.tips,
    source: { read: () => Promise.reject(new Error('nothing is read of a device without keys')) },
    read: readDeviceReport,
    intervalMs: 1000,
    clock: createSystemClock(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });

  async deliver(...[records]: Parameters<Sink['deliver']>): Promise<void> {
    for await (const { kind, device } of records) this.told.push(`${kind} ${device}`);
    if (this.fails) throw new Error('not now');
  }

  /** What a sink is told in one round. */
  async round(): Promise<string[]> {
    this.told = [];
    await this.#follower.follow(AbortSignal.timeout(10_000)).catch(error => this.told.push(error.message));
    return this.told;
  }
}

test('a sink is told of each device once, and of those that moved, came or left since', async () => {
  const rig = new Rig();
  assert.deepEqual(await rig.round(), ['silent pump-1', 'silent pump-2']);
  assert.deepEqual(await rig.round(), []);
  rig.tips.set(telemetryRef('pump-2'), tip);
  assert.deepEqual(await rig.round(), ['report pump-2']);
  rig.view.publish(viewOf(['pump-2', 'pump-3']));
  assert.deepEqual(await rig.round(), ['gone pump-1', 'silent pump-3']);
  assert.deepEqual(await rig.round(), []);
});

test('what a sink failed to take comes again, and so does that a device is gone', async () => {
  const rig = new Rig();
  rig.fails = true;
  assert.deepEqual(await rig.round(), ['silent pump-1', 'silent pump-2', 'not now']);
  rig.view.publish(viewOf(['pump-2']));
  assert.deepEqual(await rig.round(), ['gone pump-1', 'silent pump-2', 'not now']);
  rig.fails = false;
  assert.deepEqual(await rig.round(), ['gone pump-1', 'silent pump-2']);
  assert.deepEqual(await rig.round(), []);
});

test('what two followers want of a device is verified once, and read again where it moved or its key changed', async () => {
  const asked: string[] = [];
  const reports = new DeviceReports(async ({ device, tip, sshKey }) => {
    asked.push(`${device} ${tip} ${sshKey}`);
    if (tip === 'broken') throw new Error('not now');
    return { kind: 'doubtful', doubt: 'no key', why: tip };
  });
  const [first, second] = [reports.reader(), reports.reader()];
  const source = { read: () => Promise.reject(new Error('nothing is read')) };
  const ask = (device: string, tip: string, sshKey = 'k') => ({ source, tip, device, fleet, sshKey });
  const [one, two] = await Promise.all([first(ask('pump-1', 'a')), second(ask('pump-1', 'a'))]);
  assert.equal(one, two);
  assert.equal(asked.length, 1);
  await second(ask('pump-1', 'b'));
  await first(ask('pump-1', 'b', 'other key'));
  await second(ask('pump-1', 'b', 'other key'));
  assert.equal(asked.length, 3);
  // It is not kept for more than the two of them, and what fails is asked again.
  await second(ask('pump-1', 'b', 'other key'));
  assert.equal(asked.length, 4);
  await assert.rejects(first(ask('pump-2', 'broken')));
  await assert.rejects(second(ask('pump-2', 'broken')));
  assert.equal(asked.length, 6);
});

test('what three followers want is verified once for all of them', async () => {
  let asked = 0;
  const reports = new DeviceReports(async ({ tip }) => {
    asked += 1;
    return { kind: 'doubtful', doubt: 'no key', why: tip };
  });
  const readers = [reports.reader(), reports.reader(), reports.reader()];
  const source = { read: () => Promise.reject(new Error('nothing is read')) };
  for (const tip of ['a', 'b'])
    for (const read of readers) await read({ source, tip, device: 'pump-1', fleet, sshKey: 'k' });
  assert.equal(asked, 2);
});
