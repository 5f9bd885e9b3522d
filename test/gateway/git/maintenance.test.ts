import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { Maintenance } from '../../../gateway/git/maintenance.ts';
import { ReceivedTips } from '../../../gateway/git/received-tips.ts';
import { HandClock } from '../../agent/tunnel/hand-clock.ts';
import { git, runGit, TestGateway, testDevice } from '../rig/gateway.ts';
import { pushStatus, refOf } from '../rig/push.ts';
import { TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const quiet = testDevice('pump-2');
const dayMs = 86_400_000;

function maintenanceOf(
  gateway: TestGateway,
  keepMs: number,
  clock: Clock = createSystemClock(),
): Maintenance {
  return new Maintenance({
    runner: gateway.runner,
    fleetGit: gateway.settings.fleetGit,
    telemetryGit: gateway.settings.telemetryGit,
    keepMs,
    received: new ReceivedTips(join(gateway.folder, 'received')),
    clock,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  });
}

test('history is cut by the time at which it was received, tips stay, ids stay, pushes go on, and a second cut cuts further', async () => {
  await using gateway = await TestGateway.start([device, quiet]);
  using client = new TestClient(gateway.port, device);
  using other = new TestClient(gateway.port, quiet);
  const clock = new HandClock();
  const telemetry = gateway.settings.telemetryGit;
  const maintenance = maintenanceOf(gateway, 7 * dayMs, clock);
  const log = (ref: string) => git(['rev-list', ref], { cwd: telemetry }).split('\n').reverse();
  const exists = (id: string) => runGit(['cat-file', '-e', id], { cwd: telemetry }).status === 0;

  // All of these bear the same date of years ago: a device's clock decides nothing.
  const old = await pushStatus(other, quiet, 'a');
  const tip = await pushStatus(other, quiet, 'b', old);
  const ids: string[] = [];
  for (const text of ['0', '1', '2', '3', '4']) {
    ids.push(await pushStatus(client, device, text, ids.at(-1)));
    // The first is older than a week by the time of the last.
    assert.equal(await maintenance.cut(), text === '4' ? 2 : 0);
    clock.advance(2 * dayMs);
  }
  // 0 came ten days ago, 1 eight, 2 six.
  assert.equal(await maintenance.cut(), 2);
  assert.deepEqual(log(refOf(device)), ids.slice(2));
  assert.deepEqual(log(refOf(quiet)), [tip]);
  assert.deepEqual(
    [ids[0], ids[1], old].map(id => exists(id ?? '')),
    [false, false, false],
  );
  assert.equal(runGit(['fsck', '--strict'], { cwd: telemetry }).status, 0);

  const next = await pushStatus(client, device, 'goes on', ids.at(-1));
  await pushStatus(other, quiet, 'is back', tip);
  clock.advance(2 * dayMs);
  await maintenance.cut();
  assert.deepEqual(log(refOf(device)), [...ids.slice(3), next]);
  clock.advance(30 * dayMs);
  await maintenance.cut();
  await maintenance.cut();
  assert.deepEqual(log(refOf(device)), [next]);
  assert.equal(runGit(['fsck', '--strict'], { cwd: telemetry }).status, 0);
  assert.equal(git(['show', `${refOf(device)}:status.yaml`], { cwd: telemetry }), 'goes on');
  assert.ok(readdirSync(join(gateway.folder, 'received')).length <= 6, 'notes do not pile up');
});

test('packing while pushes come in loses none; many packs become few', async () => {
  await using gateway = await TestGateway.start([device], { pushesPerMinute: 1000 });
  using client = new TestClient(gateway.port, device);
  const telemetry = gateway.settings.telemetryGit;
  const packs = () =>
    readdirSync(join(telemetry, 'objects/pack')).filter(name => name.endsWith('.pack')).length;
  let tip: string | undefined;
  for (let count = 0; count < 20; count += 1) tip = await pushStatus(client, device, `${count}`, tip);
  assert.equal(packs(), 20);
  const packing = maintenanceOf(gateway, 1).pack();
  for (let count = 20; count < 40; count += 1) tip = await pushStatus(client, device, `${count}`, tip);
  await packing;
  await maintenanceOf(gateway, 1).pack();
  assert.ok(packs() <= 3, `${packs()} packs`);
  assert.equal(git(['rev-list', '--count', refOf(device)], { cwd: telemetry }), '40');
  assert.equal(runGit(['fsck', '--strict', '--full'], { cwd: telemetry }).status, 0);
  await pushStatus(client, device, 'last', tip);
});
