/** Restores on a real engine: what is put back, once, and what is not. */
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

type Backup = NonNullable<DesiredProject['backup']>;

/** A service that holds two volumes, in releases. */
function release(rig: DeviceRig, number: string, backup: Partial<Backup> = {}, sick = false): DesiredProject {
  const volume = (source: string) => ({ type: 'volume' as const, source, target: `/${source}`, volume: {} });
  return {
    ...makeProject(rig.project, {
      services: {
        app: {
          image: images.worker,
          environment: { RELEASE: number },
          restart: 'always',
          stop_grace_period: '1s',
          volumes: [volume('data'), volume('more')],
          ...(sick
            ? { healthcheck: { test: ['CMD', '/bin/sh', '-c', 'exit 1'], interval: '200ms', retries: 1 } }
            : {}),
        },
      },
      volumes: { data: {}, more: {} },
      update: { stablePeriodMs: 0, healthTimeoutMs: 15_000 },
      backup: { volumes: ['data', 'more'], ...backup },
    }),
    release: number,
  };
}

const shell = (rig: DeviceRig, script: string) => rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script]);

async function write(rig: DeviceRig, row: string): Promise<void> {
  assert.equal(await shell(rig, `echo ${row} > /data/row; echo ${row} > /more/row; sync`), 0);
}

async function assertHas(rig: DeviceRig, row: string): Promise<void> {
  const script = `read a < /data/row; read b < /more/row; [ "$a $b" = "${row} ${row}" ]`;
  assert.equal(await shell(rig, script), 0, `both volumes have ${row}`);
}

const asked = (project: DesiredProject, backup: string, migrate = false): DesiredProject => ({
  ...project,
  restore: { backup, migrate },
});

/** Of volumes that a restore has made. */
async function beside(rig: DeviceRig): Promise<string[]> {
  return ((await rig.observe([rig.project])).beside ?? []).map(({ what }) => what.replace(/-.*/, '')).sort();
}

/** Release 1 with a row `one`, kept before release 2, which has made it `two`. @returns the backup's id */
async function twoReleases(rig: DeviceRig): Promise<string> {
  await rig.pass([release(rig, '1')]);
  await write(rig, 'one');
  const { outcome } = await rig.pass([release(rig, '2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await write(rig, 'two');
  const { backups } = await backupsOf(rig.room.backupDirectory, rig.project);
  const [{ id = '' } = {}] = backups;
  assert.notEqual(id, '');
  return id;
}

test('a backup that the file asks for is put back once, and what was there goes when the app is healthy', async () => {
  await using rig = await DeviceRig.start();
  const id = await twoReleases(rig);
  const refused = await rig.pass([asked(release(rig, '2'), id)]);
  assert.equal(refused.outcome.projects[0]?.code, 'RESTORE_OTHER_RELEASE');
  await assertHas(rig, 'two');
  const wanted = asked(release(rig, '2'), id, true);
  const { outcome } = await rig.pass([wanted]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await assertHas(rig, 'one');
  assert.deepEqual(await beside(rig), []);
  const inspection = await rig.inspect(`${rig.project}-app-1`);
  assert.equal(inspection.HostConfig.RestartPolicy?.Name, 'always');
  await write(rig, 'three');
  assert.deepEqual((await rig.pass([wanted])).reasons, []);
  rig.restart();
  assert.deepEqual((await rig.pass([wanted])).reasons, []);
  await assertHas(rig, 'three');
});

test('a device that has lost its memory is unsure, and a blank one takes it', async () => {
  await using rig = await DeviceRig.start();
  const id = await twoReleases(rig);
  const wanted = asked(release(rig, '1'), id);
  await rig.store.forget(rig.project);
  rig.restart();
  const unsure = await rig.pass([wanted]);
  assert.equal(unsure.outcome.projects[0]?.code, 'RESTORE_UNSURE');
  await assertHas(rig, 'two');
  assert.equal((await rig.pass([wanted])).outcome.projects[0]?.code, 'RESTORE_UNSURE', 'and stays so');
  await rig.store.forget(rig.project);
  rig.restart();
  for (const { Id } of await rig.containers()) await rig.delete(`/containers/${Id}`);
  for (const key of ['data', 'more']) await rig.delete(`/volumes/${rig.project}_${key}`);
  const blank = await rig.pass([wanted]);
  assert.equal(blank.outcome.outcome, 'applied', JSON.stringify(blank.outcome));
  await assertHas(rig, 'one');
  assert.deepEqual((await rig.pass([wanted])).reasons, []);
});

test('an update that ran and failed goes back with its data, and without where that is not wanted', async () => {
  for (const onRollback of ['restore', 'keep'] as const) {
    await using rig = await DeviceRig.start();
    await rig.pass([release(rig, '1', { onRollback })]);
    await write(rig, 'one');
    const sick = release(rig, '2', { onRollback }, true);
    const spoil = {
      ...sick,
      model: {
        ...sick.model,
        services: {
          app: {
            ...sick.model.services.app,
            healthcheck: {
              test: ['CMD', '/bin/sh', '-c', 'echo spoilt > /data/row; echo spoilt > /more/row; exit 1'],
              interval: '200ms',
              retries: 1,
            },
          },
        },
      },
    };
    const { outcome } = await rig.pass([spoil]);
    assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
    const [{ message = '' } = {}] = outcome.projects;
    assert.match(
      message,
      onRollback === 'keep' ? /its data is kept as it has left it/ : /its data goes back/,
    );
    await assertHas(rig, onRollback === 'keep' ? 'spoilt' : 'one');
    await write(rig, 'later');
    rig.restart();
    const { plan } = await rig.pass([spoil]);
    const left = onRollback === 'keep' ? [] : ['remove-aside', 'remove-aside'];
    assert.deepEqual(
      plan.steps.map(({ kind }) => kind),
      left,
      'exactly once',
    );
    await assertHas(rig, 'later');
    assert.deepEqual(await beside(rig), []);
  }
});

test('what cannot be put back changes nothing: another digest, another device, no such backup, a volume in use', async () => {
  await using rig = await DeviceRig.start();
  const id = await twoReleases(rig);
  const wanted = asked(release(rig, '2'), id, true);
  const folder = path.join(rig.room.backupDirectory, rig.project, id);
  const says = async (code: string, project = wanted) => {
    rig.aheadMs += 2 * 60 * 60_000;
    const { outcome } = await rig.pass([project]);
    assert.equal(outcome.projects[0]?.code, code, JSON.stringify(outcome));
    assert.equal(outcome.projects[0]?.state, 'degraded');
    await assertHas(rig, 'two');
    assert.deepEqual(await beside(rig), []);
  };
  await says('RESTORE_NO_BACKUP', asked(release(rig, '2'), '20200101T000000Z-00000000', true));
  // The second of two: the first is unpacked by then.
  const archive = path.join(folder, 'more.tar.zst');
  const whole = readFileSync(archive);
  appendFileSync(archive, 'x');
  await says('BACKUP_MANIFEST');
  writeFileSync(archive, whole);
  const manifest = readFileSync(path.join(folder, 'manifest.json'), 'utf8');
  for (const other of [{ device: 'pump-of-others' }, { fleet: 'of-others' }, { app: 'of-others' }]) {
    const changed = JSON.stringify({ ...JSON.parse(manifest), ...other });
    writeFileSync(path.join(folder, 'manifest.json'), changed);
    await says('RESTORE_OTHER');
  }
  writeFileSync(path.join(folder, 'manifest.json'), manifest);
  const name = `${rig.project}-stranger`;
  const body = { Image: images.worker, HostConfig: { Binds: [`${rig.project}_data:/data`] } };
  const { Id } = await rig.post('/containers/create', { name }, body);
  await rig.post(`/containers/${Id}/start`);
  try {
    await says('RESTORE_IN_USE');
  } finally {
    await rig.delete(`/containers/${Id}`);
  }
  rig.aheadMs += 2 * 60 * 60_000;
  await rig.pass([wanted]);
  await assertHas(rig, 'one');
  assert.deepEqual(readdirSync(folder).sort(), [
    'data.tar.zst',
    'manifest.json',
    'more.tar.zst',
    'project.json',
  ]);
});
