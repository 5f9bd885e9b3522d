/** A retired device is admitted until its last word has come, signed by its key and of this very retirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import type { ObjectId, RawObject } from '../../../core/trust/git/object-source.ts';
import { Departures } from '../../../gateway/admission/departures.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import type { DeviceFile, FleetFile, StatusFile } from '../../../schemas/types.generated.ts';
import { testDevice } from '../rig/gateway.ts';

const own = testDevice('pump');
const other = testDevice('other');
const objects = new Map<ObjectId, RawObject>();
let tip: ObjectId | undefined;
let changes = 0;

function viewOf(retired: DeviceFile['retired']): FleetView {
  const file = { ...own.view.file, ...(retired === undefined ? {} : { retired }) };
  const fleet = { apiVersion: 'towline/v1', name: 'acme', gateways: [] } as unknown as FleetFile;
  const devices = [{ ...own.view, file }];
  return new FleetView({
    commit: '0'.repeat(40),
    fleet,
    devices,
    operators: [],
    desiredTunnel: () => undefined,
  });
}

function say(outcome: StatusFile['outcome'], retired: StatusFile['retired'], by = own): void {
  const status: StatusFile = {
    apiVersion: 'towline/v1',
    fleet: 'acme',
    device: 'pump',
    time: '2026-01-05T12:00:00Z',
    agent: { version: '0.1.0' },
    trusted: { commit: '1'.repeat(40) },
    outcome,
    ...(retired === undefined ? {} : { retired }),
    conditions: [],
    projects: [],
    tunnel: { state: 'closed' },
  };
  const files = new Map([['status.yaml', Buffer.from(stringify(status))]]);
  const made = makeStatusCommit({
    ...{ parent: tip, files, message: 'said', device: 'pump', fleet: 'acme', timeMs: 0 },
    key: sshKeyOf(by.keys),
  });
  for (const { id, ...object } of made.objects) objects.set(id, object);
  tip = made.id;
}

const holder = new FleetViewHolder(viewOf(undefined));
const departures = new Departures({
  view: holder,
  source: { read: async id => objects.get(id) },
  tip: () => tip,
  log: { info() {}, warn() {} },
  onChange: () => {
    changes += 1;
  },
});

async function hasLeft(retired: DeviceFile['retired']): Promise<boolean> {
  holder.publish(viewOf(retired));
  departures.look();
  await departures.settled();
  const device = holder.current.device('pump');
  assert.ok(device);
  return departures.has(device);
}

test('until its own key has signed that this is done it is a device like others', async () => {
  assert.equal(await hasLeft({ apps: 'stop' }), false, 'nothing said');
  say('applied', undefined);
  assert.equal(await hasLeft({ apps: 'stop' }), false, 'not of it');
  say('waiting', 'stop');
  assert.equal(await hasLeft({ apps: 'stop' }), false, 'not yet');
  say('retired', 'stop', other);
  assert.equal(await hasLeft({ apps: 'stop' }), false, 'signed by another one');
  say('retired', 'stop');
  assert.equal(await hasLeft({ apps: 'stop' }), true);
  assert.equal(changes, 1);
});

test('what it said of another retirement does not count, and who was called back is one of the fleet', async () => {
  say('retired', 'stop');
  assert.equal(await hasLeft({ apps: 'remove' }), false);
  assert.equal(await hasLeft({ apps: { 'remove-with-volumes': 'pump' } }), false);
  assert.equal(await hasLeft(undefined), false);
  // It came back, and is retired once more: what it said the first time is not its last word.
  say('applied', undefined);
  holder.publish(viewOf({ apps: 'stop' }));
  const device = holder.current.device('pump');
  assert.ok(device);
  assert.equal(departures.has(device), false, 'before anybody has looked');
  assert.equal(await hasLeft({ apps: 'stop' }), false);
});

test('called back and retired again before it has said anything between, it must say so once more', async () => {
  say('retired', 'stop');
  assert.equal(await hasLeft({ apps: 'stop' }), true);
  assert.equal(await hasLeft(undefined), false);
  // It may have heard that it was called back, and run what it was given then.
  assert.equal(await hasLeft({ apps: 'stop' }), false);
  say('retired', 'stop');
  assert.equal(await hasLeft({ apps: 'stop' }), true);
});
