import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { objectId } from '../../../core/trust/object-hash.ts';
import { Maintenance } from '../../../gateway/git/maintenance.ts';
import { git, runGit, TestGateway, testDevice } from '../rig/gateway.ts';
import { pack, pushBody, pushStatus, raw, refOf, sendPush, tree, zero } from '../rig/push.ts';
import { TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const quiet = testDevice('pump-2');
const day = 86_400;

function maintenanceOf(gateway: TestGateway, keepMs: number): Maintenance {
  return new Maintenance({
    runner: gateway.runner,
    fleetGit: gateway.settings.fleetGit,
    telemetryGit: gateway.settings.telemetryGit,
    keepMs,
    clock: createSystemClock(),
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  });
}

/** A commit of a given age, with a file of its own. */
async function pushAged(
  client: TestClient,
  ref: string,
  tip: string | undefined,
  ageSec: number,
): Promise<string> {
  const timeSec = Math.floor(Date.now() / 1000) - ageSec;
  const blob = raw('blob', `segment ${ageSec}`);
  const files = tree(['100644', 'log', objectId(blob)]);
  const person = `pump <p@example.com> ${timeSec} +0000`;
  const parent = tip === undefined ? '' : `parent ${tip}\n`;
  const top = raw('commit', `tree ${objectId(files)}\n${parent}author ${person}\ncommitter ${person}\n\nx\n`);
  const answer = await sendPush(client, pushBody(tip ?? zero, objectId(top), ref, pack(top, files, blob)));
  assert.match(answer.body.toString('utf8'), /ok refs/);
  return objectId(top);
}

test('history is cut at its age, tips stay, ids stay, pushes go on, and a second cut cuts further', async () => {
  await using gateway = await TestGateway.start([device, quiet]);
  using client = new TestClient(gateway.port, device);
  using other = new TestClient(gateway.port, quiet);
  const telemetry = gateway.settings.telemetryGit;
  const ids: string[] = [];
  for (const age of [9, 8, 6, 4, 2]) ids.push(await pushAged(client, refOf(device), ids.at(-1), age * day));
  const old = await pushAged(other, refOf(quiet), undefined, 30 * day);
  const old2 = await pushAged(other, refOf(quiet), old, 20 * day);
  const log = (ref: string) => git(['rev-list', ref], { cwd: telemetry }).split('\n').reverse();
  const exists = (id: string) => runGit(['cat-file', '-e', id], { cwd: telemetry }).status === 0;

  await maintenanceOf(gateway, 7 * day * 1000).cut();
  assert.deepEqual(log(refOf(device)), ids.slice(2));
  assert.deepEqual(log(refOf(quiet)), [old2]);
  assert.deepEqual([...ids.slice(0, 2), old].map(exists), [false, false, false]);
  assert.equal(runGit(['fsck', '--strict'], { cwd: telemetry }).status, 0);

  const next = await pushStatus(client, device, 'goes on', ids.at(-1));
  await pushStatus(other, quiet, 'is back', old2);
  await maintenanceOf(gateway, 5 * day * 1000).cut();
  // The new commits bear a fixed date of years ago: the tip is all that stays of them.
  assert.deepEqual(log(refOf(device)).at(-1), next);
  assert.equal(runGit(['fsck', '--strict'], { cwd: telemetry }).status, 0);
  assert.equal(git(['show', `${refOf(device)}:status.yaml`], { cwd: telemetry }), 'goes on');
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
