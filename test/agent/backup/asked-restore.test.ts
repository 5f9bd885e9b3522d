/** What a person at the device asks for, on a real engine: a backup is put back, and what was there before comes back. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { noteRestore } from '../../../agent/backup/asked-restore.ts';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import { keptHere } from '../../../agent/backup/kept-here.ts';
import { asideId, restoreStamp } from '../../../core/backup/restore-note.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { Around } from '../../../lab/rig/around-steps.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

/** Its container is not healthy with the row `one` once `two` was written. */
function release(rig: DeviceRig, number: string): DesiredProject {
  const sick = '[ ! -e /strict ] || { read row < /data/row; [ "$row" != one ]; }';
  const volume = (source: string) => ({ type: 'volume' as const, source, target: `/${source}`, volume: {} });
  const healthcheck = { test: ['CMD', '/bin/sh', '-c', sick], interval: '200ms', retries: 1 };
  const service = { image: images.worker, environment: { RELEASE: number }, stop_grace_period: '1s' };
  return {
    ...makeProject(rig.project, {
      services: { app: { ...service, volumes: [volume('data'), volume('more')], healthcheck } },
      volumes: { data: {}, more: {} },
      update: { stablePeriodMs: 0, healthTimeoutMs: 5_000 },
      backup: { volumes: ['data', 'more'] },
    }),
    release: number,
  };
}

const shell = (rig: DeviceRig, script: string) => rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script]);
const write = (rig: DeviceRig, row: string) =>
  shell(rig, `echo ${row} > /data/row; echo ${row} > /more/row; sync`);

async function assertHas(rig: DeviceRig, row: string): Promise<void> {
  const script = `read a < /data/row; read b < /more/row; [ "$a $b" = "${row} ${row}" ]`;
  assert.equal(await shell(rig, script), 0, `both volumes have ${row}`);
}

async function ask(rig: DeviceRig, backup: string): Promise<string> {
  const stamp = restoreStamp(Date.now());
  await noteRestore(rig.store.restores, rig.project, { backup, migrate: true, stamp });
  return stamp;
}

const besides = async (rig: DeviceRig) =>
  ((await rig.observe([rig.project])).beside ?? []).map(({ key, what }) => `${key} ${what}`);

test('a person’s restore is carried out once, in place of the file’s; what it put aside comes back, also after a kill', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, '1')]);
  await write(rig, 'one');
  await rig.pass([release(rig, '2')]);
  await write(rig, 'two');
  await shell(rig, 'echo > /strict');
  const [{ id = '' } = {}] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
  // The file asks for something, too, that is not here: whoever stands there has decided otherwise.
  const wanted = { ...release(rig, '2'), restore: { backup: '20200101T000000Z-00000000', migrate: true } };
  const stamp = await ask(rig, id);
  rig.restart();
  const sick = await rig.pass([wanted]);
  assert.match(sick.outcome.projects[0]?.message ?? '', new RegExp(`aside-${stamp}`));
  await assertHas(rig, 'one');
  assert.deepEqual(await besides(rig), [`data ${asideId(stamp)}`, `more ${asideId(stamp)}`]);
  const later = await ask(rig, asideId(stamp));
  const killed = new AbortController();
  const around: Around = async (step, run) => {
    if (step.kind === 'restore-volumes') killed.abort(new Error('killed'));
    killed.signal.throwIfAborted();
    await run();
  };
  await assert.rejects(rig.pass([wanted], { around, signal: killed.signal }), /killed/);
  rig.restart();
  const { outcome } = await rig.pass([wanted]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  await assertHas(rig, 'two');
  await write(rig, 'three');
  rig.restart();
  await rig.pass([wanted]);
  assert.deepEqual((await rig.pass([wanted])).reasons, [], 'exactly once');
  await assertHas(rig, 'three');
  assert.deepEqual(await besides(rig), []);
  const { restored, restoreAsked } = await rig.store.record(rig.project);
  assert.deepEqual([restored?.stamp, restored?.state], [later, 'done']);
  assert.equal(restoreAsked?.backup, wanted.restore.backup);
  // Nothing is aside any more, and there is no such backup: said once, and nothing waits.
  await ask(rig, asideId(stamp));
  const gone = await rig.pass([wanted]);
  assert.equal(gone.outcome.projects[0]?.code, 'RESTORE_NO_BACKUP');
  assert.equal(await rig.store.restores.of(rig.project), undefined);
  await noteRestore(rig.store.restores, 'elsewhere', { backup: id, migrate: false, stamp });
  await rig.pass([wanted]);
  assert.equal(await rig.store.restores.of('elsewhere'), undefined, 'an app that is not here');
});

test('of an app that was removed, or renamed, backups stay and are listed; they are put back when it comes again', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([release(rig, '1')]);
  await write(rig, 'one');
  await rig.pass([release(rig, '2')]);
  await write(rig, 'two');
  const { backupDirectory: root } = rig.room;
  const listed = () => keptHere({ root, store: rig.store, projectPrefix: '' });
  const [{ backup = '' } = {}] = (await listed()).backups;
  const named = `${rig.project}new`;
  const made = release(rig, '2');
  const renamed: DesiredProject = {
    ...makeProject(named, { services: made.model.services, volumes: { data: {}, more: {} } }),
    release: '2',
    restore: { backup, migrate: true },
  };
  const other = await rig.pass([renamed]);
  assert.equal(other.outcome.projects.find(({ project }) => project === named)?.code, 'RESTORE_NO_BACKUP');
  assert.deepEqual(
    (await listed()).backups.map(({ app, backup: id }) => [app, id]),
    [[rig.project, backup]],
  );
  rig.restart();
  await rig.pass([release(rig, '2')]);
  await assertHas(rig, 'two');
  await ask(rig, backup);
  const { outcome } = await rig.pass([release(rig, '2')]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  await assertHas(rig, 'one');
  rmSync(path.join(root, rig.project), { recursive: true });
  assert.deepEqual((await listed()).backups, []);
  assert.deepEqual((await rig.pass([release(rig, '2')])).reasons, []);
});
