/** Backups on a real engine: what they have, and what happens where one cannot be made. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import { DeviceBackups } from '../../../agent/backup/device-backups.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { strideOf } from '../../rig/every.ts';

const images = await sharedImages();

/** A service that holds a volume, in two releases. */
function release(rig: DeviceRig, number: number, backup: Partial<BackupSettings> = {}): DesiredProject {
  return makeProject(rig.project, {
    services: {
      app: {
        image: images.worker,
        environment: { RELEASE: String(number) },
        volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
      },
    },
    volumes: { data: {} },
    update: { stablePeriodMs: 0 },
    backup: { volumes: ['data'], ...backup },
  });
}

async function write(rig: DeviceRig, script: string): Promise<void> {
  assert.equal(await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script]), 0);
}

test('before an update the volume is kept, with the state that ran', async () => {
  await using rig = await DeviceRig.start();
  const one = release(rig, 1);
  await rig.pass([one]);
  await write(rig, 'echo precious > /data/row');
  const two = release(rig, 2);
  const { outcome } = await rig.pass([two]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const { backups, damaged } = await backupsOf(rig.room.backupDirectory, rig.project);
  assert.deepEqual(damaged, []);
  const [manifest] = backups;
  assert.ok(manifest !== undefined && backups.length === 1);
  assert.equal(manifest.digest, one.digest);
  assert.equal(manifest.before, two.digest);
  const folder = path.join(rig.room.backupDirectory, rig.project, manifest.id);
  assert.deepEqual(readdirSync(folder).sort(), ['data.tar.zst', 'manifest.json', 'project.json']);
  const [volume] = manifest.volumes;
  const bytes = readFileSync(path.join(folder, 'data.tar.zst'));
  assert.equal(volume?.sha256, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(volume?.bytes, bytes.length);
  assert.equal(statSync(path.join(folder, 'data.tar.zst')).mode & 0o777, 0o600);
  assert.deepEqual((await rig.plan([two])).steps, []);
});

/** What a running agent is, to the engine and the disk, from the moment it is killed: nothing. */
function killedAt(
  rig: DeviceRig,
  nth: number,
): { engine: Engine; killer: AbortController; count: () => number } {
  const killer = new AbortController();
  let count = 0;
  const gate = (): void => {
    if (killer.signal.aborted) throw killer.signal.reason;
    if (++count === nth) {
      killer.abort(new Error('killed'));
      throw killer.signal.reason;
    }
  };
  const engine: Engine = {
    async call(request, signal) {
      gate();
      return await rig.engine.call(request, signal);
    },
    async stream(request, signal) {
      gate();
      return await rig.engine.stream(request, signal);
    },
  };
  return { engine, killer, count: () => count };
}

async function helpers(rig: DeviceRig): Promise<string[]> {
  const all = await rig.containers();
  return all.filter(({ Labels }) => Labels?.[label.helper] !== undefined).map(({ Names }) => Names.join());
}

const backupsIn = async (rig: DeviceRig) => await backupsOf(rig.room.backupDirectory, rig.project);

async function assertUpdated(rig: DeviceRig, project: DesiredProject): Promise<void> {
  assert.deepEqual((await rig.plan([project])).steps, []);
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  // A later agent has removed what this one left.
  await rig.runtime().observe(makeDesired(rig.device, [project]), rig.signal);
  assert.deepEqual(await helpers(rig), []);
  const folder = path.join(rig.room.backupDirectory, rig.project);
  assert.deepEqual(
    readdirSync(folder).filter(name => name.endsWith('.part')),
    [],
  );
}

test('killed before any call to the engine, the next pass has a whole backup and the update', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, 1)]);
  let number = 1;
  for (let nth = 1; nth < 60; nth += strideOf(13)) {
    number += 1;
    const next = release(rig, number, { mode: number % 2 === 0 ? 'stop' : 'pause' });
    const { engine, killer } = killedAt(rig, nth);
    const killed = await rig.pass([next], { engine, signal: killer.signal }).then(
      () => killer.signal.aborted,
      () => true,
    );
    rig.restart();
    const { outcome } = await rig.pass([next]);
    assert.match(outcome.outcome, /^(applied|unchanged)$/, `${nth}: ${JSON.stringify(outcome)}`);
    await assertUpdated(rig, next);
    const [newest] = (await backupsIn(rig)).backups;
    assert.equal(newest?.before, next.digest, String(nth));
    if (!killed) return;
  }
  assert.fail('it never came to its end');
});

test('without room nothing is lost: the old version runs, and the update comes when there is room', async () => {
  await using rig = await DeviceRig.start();
  const one = release(rig, 1);
  await rig.pass([one]);
  await write(rig, 'head -c 3000000 /dev/urandom > /data/row');
  const two = release(rig, 2);
  let free = 10_000_000;
  const freeSpace = async () => free;
  const settings = { freeSpace, minimumFreeBytes: 11_000_000 };
  const refused = await rig.pass([two], { settings });
  assert.equal(refused.outcome.projects[0]?.code, 'BACKUP_NO_SPACE', JSON.stringify(refused.outcome));
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.deepEqual((await backupsIn(rig)).backups, []);
  rig.aheadMs += 3_600_000;
  free = 20_000_000;
  assert.equal((await rig.pass([two], { settings })).outcome.outcome, 'applied');
  assert.equal((await backupsIn(rig)).backups.length, 1);
});

test('a disk that gets full while a backup is written ends it, and nothing of it stays', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, 1)]);
  await write(rig, 'head -c 60000000 /dev/urandom > /data/row');
  let asked = 0;
  const settings = { minimumFreeBytes: 1, freeSpace: async () => (asked++ === 0 ? 10 : 0) };
  const { outcome } = await rig.pass([release(rig, 2)], { settings });
  assert.equal(outcome.projects[0]?.code, 'BACKUP_NO_SPACE', JSON.stringify(outcome));
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.deepEqual(readdirSync(path.join(rig.room.backupDirectory, rig.project)), []);
  assert.deepEqual(await helpers(rig), []);
});

test('an app that writes meanwhile is backed up with mode live', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, 1)]);
  await write(rig, 'while :; do echo x >> /data/grows; touch /data/a; rm -f /data/a; done & sleep 0.2');
  const two = release(rig, 2, { mode: 'live' });
  assert.equal((await rig.pass([two])).outcome.outcome, 'applied');
  assert.equal((await backupsIn(rig)).backups[0]?.mode, 'live');
});

test('with mode pause the app stands still while it is read, and runs on when that fails', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, 1)]);
  const states: string[] = [];
  const engine: Engine = {
    async call(request, signal) {
      if (request.path.endsWith('/wait') && request.method === 'POST') {
        states.push((await rig.inspect(`${rig.project}-app-1`)).State.Status);
        throw new TowlineError('ENGINE_UNREACHABLE', 'the engine went away');
      }
      return await rig.engine.call(request, signal);
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
  await assert.rejects(rig.pass([release(rig, 2, { mode: 'pause' })], { engine }), /went away/);
  assert.deepEqual(states.slice(0, 1), ['paused']);
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
});

test('a damaged backup is said once and never counted; what is none is removed', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, 1)]);
  await rig.pass([release(rig, 2)]);
  const root = rig.room.backupDirectory;
  const [first] = (await backupsIn(rig)).backups;
  assert.ok(first !== undefined);
  const folder = path.join(root, rig.project);
  writeFileSync(path.join(folder, first.id, 'manifest.json'), '{"version":1');
  mkdirSync(path.join(folder, '20200101T000000Z-00000000'));
  mkdirSync(path.join(folder, '20200101T000001Z-00000000.part'));
  const said: object[] = [];
  const seen = new DeviceBackups(root, { warn: (what: object) => said.push(what) });
  assert.deepEqual([...(await seen.all())], []);
  await seen.all();
  assert.equal(said.length, 2, JSON.stringify(said));
  assert.equal((await rig.pass([release(rig, 3)])).outcome.outcome, 'applied');
  const left = readdirSync(folder);
  assert.ok(left.includes(first.id) && left.length === 2, left.join());
  assert.equal((await seen.all()).get(rig.project)?.length, 1);
});
