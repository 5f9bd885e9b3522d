/** A disk without room: nothing is said that is not kept, nothing is lost, and that there is none is said itself. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { TransitionLedger } from '../../../gateway/transitions/ledger.ts';
import { ownLookers } from '../../../gateway/transitions/watch/own-lookers.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { Hooks } from './hooks.ts';
import {
  minutes,
  names,
  never,
  ownFolder,
  quiet,
  reportOf,
  SetClock,
  Telling,
  viewDevice,
  viewOf,
} from './rig.ts';

test('while the disk is full nothing is told; once there is room, all of it is, once', async () => {
  await using hooks = await new Hooks().listen();
  using folder = ownFolder();
  using disk = new SmallDisk(folder.path, 4);
  const devices = names(40);
  const clock = new SetClock();
  const receivers = [{ name: 'ops', webhook: { url: hooks.url, format: 'cloudevents' as const } }];
  const view = viewOf(devices.map(id => viewDevice(id)));
  const told = await Telling.open({ folder: folder.path, view, clock, receivers });
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  await told.silence(44);
  clock.pass(minutes(2));
  disk.fill(0);
  for (let minute = 0; minute < 3; minute += 1) {
    await assert.rejects(told.hear(), { code: 'ENOSPC' });
    clock.pass(minutes(1));
  }
  assert.equal(told.ledger.last, 0);
  disk.makeRoom();
  await told.hear();
  clock.pass(minutes(1));
  await told.send();
  await told.hear(...devices.map(id => reportOf(id, 'second')));
  clock.pass(minutes(1));
  await told.send();
  assert.deepEqual(
    hooks.received.map(({ body }) => JSON.parse(body.toString('utf8')).data.title),
    ['40 devices: dark', '40 devices: heard again'],
  );
  await told.close();
});

test('less than half a gibibyte is a condition of the gateway, until there is twice as much', async () => {
  using folder = ownFolder();
  const state = path.join(folder.path, 'state');
  mkdirSync(state);
  const ledger = await TransitionLedger.open(path.join(folder.path, 'transitions'), quiet);
  const given = { fleet: 'acme', stateDirectory: state, ledger, clock: new SetClock() };
  const looker = ownLookers({ ...given, stopped: () => undefined, waiting: () => [] }).find(
    ({ name }) => name === 'the disk',
  );
  {
    using _small = new SmallDisk(state, 64);
    await looker?.look(never);
    const [open] = ledger.conditions;
    assert.deepEqual([open?.key.type, open?.severity], ['gateway.disk', 'critical']);
    assert.match(open?.words ?? '', /^64 MiB free for /);
  }
  {
    using _some = new SmallDisk(state, 700);
    await looker?.look(never);
    assert.equal(ledger.openCount, 1, 'not for a little');
  }
  using _much = new SmallDisk(state, 1100);
  await looker?.look(never);
  assert.equal(ledger.openCount, 0);
  await ledger.close();
});
