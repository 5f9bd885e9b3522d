import assert from 'node:assert/strict';
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import pino from 'pino';
import { Maintenance } from '../../../gateway/git/maintenance.ts';
import { ReceivedTips } from '../../../gateway/git/received-tips.ts';
import { HandClock } from '../../agent/tunnel/hand-clock.ts';
import { git, makeState, runGit, TestGateway, testDevice } from '../rig/gateway.ts';
import { pushStatus, refOf } from '../rig/push.ts';
import { TestClient } from '../rig/request.ts';

const devices = Array.from({ length: 16 }, (_, index) => testDevice(`pump-${index}`));
const [first, second] = devices;
assert.ok(first && second);

function packsOf(gateway: TestGateway, ending = '.pack'): string[] {
  return readdirSync(join(gateway.settings.telemetryGit, 'objects/pack')).filter(name =>
    name.endsWith(ending),
  );
}

/** A cut that has something to cut whenever it is asked. */
function cutter(gateway: TestGateway, clock: HandClock): Maintenance {
  const { fleetGit, telemetryGit } = gateway.settings;
  return new Maintenance({
    runner: gateway.runner,
    fleetGit,
    telemetryGit,
    keepMs: 1000,
    received: new ReceivedTips(join(gateway.folder, 'received')),
    clock,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  });
}

function missing(gateway: TestGateway, ids: readonly string[]): string[] {
  const cwd = gateway.settings.telemetryGit;
  const { stdout } = runGit(['cat-file', '--batch-check'], { cwd, input: `${ids.join('\n')}\n` });
  return stdout.split('\n').filter(line => line.endsWith('missing'));
}

function assertWhole(gateway: TestGateway): void {
  const fsck = runGit(['fsck', '--strict'], { cwd: gateway.settings.telemetryGit });
  assert.equal(fsck.status, 0, fsck.stderr);
}

test('a cut that begins while a push has its pack in place and not yet its ref takes nothing of that push', async () => {
  await using gateway = await TestGateway.start(devices);
  using cutOff = new TestClient(gateway.port, first);
  using held = new TestClient(gateway.port, second);
  const clock = new HandClock();
  const maintenance = cutter(gateway, clock);
  const old = await pushStatus(cutOff, first, 'old');
  await maintenance.cut();
  clock.advance(60_000);
  const tip = await pushStatus(cutOff, first, 'new', old);
  const packs = packsOf(gateway).length;
  // As `git pack-refs` does for a moment.
  const lock = join(gateway.settings.telemetryGit, `${refOf(second)}.lock`);
  writeFileSync(lock, '');
  const push = pushStatus(held, second, 'precious');
  while (packsOf(gateway).length === packs) await wait(1);
  const waited = wait(800).then(() => unlinkSync(lock));
  assert.equal(await maintenance.cut(), 1);
  await waited;
  const id = await push;
  assert.deepEqual(missing(gateway, [id, tip]), []);
  assert.equal(missing(gateway, [old]).length, 1, 'and history is cut all the same');
  assertWhole(gateway);
  await gateway.service.telemetry.settled();
  assert.deepEqual(packsOf(gateway, '.keep'), []);
  const next = await pushStatus(held, second, 'next', id);
  // By the same notes as before: what they name is gone.
  assert.equal(await maintenance.cut(), 1);
  assert.deepEqual(missing(gateway, [next, id, tip]), []);
  assertWhole(gateway);
});

test('sixteen devices push while history is cut again and again: what was acknowledged within the time to keep is there', async () => {
  await using gateway = await TestGateway.start(devices, { pushesPerMinute: 100_000 });
  const cwd = gateway.settings.telemetryGit;
  const acknowledged: string[] = [];
  let stop = false;
  const pushing = devices.map(async device => {
    using client = new TestClient(gateway.port, device);
    for (let count = 0, tip: string | undefined; !stop; count += 1) {
      tip = await pushStatus(client, device, `${device.id} ${count}`, tip);
      acknowledged.push(tip);
    }
  });
  const cuts = async () => {
    // Without a boundary nothing is old: whatever is lost is lost wrongly.
    const repack = ['--git-dir', cwd, 'repack', '-q', '-a', '-d'];
    const end = performance.now() + 6000;
    for (let count = 0; count < 4 || performance.now() < end; count += 1) {
      const job = { lane: 'maintenance', arguments: repack, onOutput: () => undefined } as const;
      const { code, stderr } = await gateway.runner.run(job, new AbortController().signal);
      assert.equal(`${code} ${stderr}`, '0 ');
    }
  };
  try {
    await cuts();
  } finally {
    stop = true;
    await Promise.all(pushing);
  }
  assert.ok(acknowledged.length > 16);
  assert.deepEqual(missing(gateway, acknowledged), []);
  assertWhole(gateway);
  assert.equal(Number(git(['rev-list', '--count', '--all'], { cwd })), acknowledged.length);
});

test('what a killed gateway kept is let go at the next start, what somebody else keeps is not', async () => {
  const folder = makeState();
  const packs = join(folder, 'telemetry.git/objects/pack');
  const ours = join(packs, `pack-${'a'.repeat(40)}.keep`);
  writeFileSync(ours, 'towline: refs are being written\n');
  writeFileSync(join(packs, `pack-${'b'.repeat(40)}.keep`), 'kept by hand\n');
  await using gateway = await TestGateway.start(devices, {}, folder);
  assert.deepEqual(packsOf(gateway, '.keep'), [`pack-${'b'.repeat(40)}.keep`]);
});
