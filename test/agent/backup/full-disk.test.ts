/** A disk that is full, at each stage of a backup: the app runs, nothing of it stays, the code says so, and later it is made. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig, type PassOptions } from '../../../lab/rig/device-rig.ts';
import { isLong } from '../../rig/every.ts';
import { blockBytes, LoopDisk } from '../../rig/loop-disk.ts';
import { TwoVolumes } from './two-volumes.ts';

const hourMs = 60 * 60_000;
const images = await sharedImages();

/** The engine of the rig; something is done before each call, or after it. */
function engineWith(
  rig: DeviceRig,
  when: 'before' | 'after',
  is: (path: string) => boolean,
  work: () => void,
): Engine {
  return {
    async call(request, signal) {
      if (when === 'before' && is(request.path)) work();
      const answer = await rig.engine.call(request, signal);
      if (when === 'after' && is(request.path)) work();
      return answer;
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
}

const isWait = (place: string): boolean => place.endsWith('/wait');

interface Full {
  readonly rig: DeviceRig;
  readonly app: TwoVolumes;
  readonly when: string;
}

/** The release of before runs, with the data that it had; nothing of a backup is there, and nobody helps. */
async function assertRunsOn({ rig, when }: Full, number: string): Promise<void> {
  const name = `${rig.project}-app-1`;
  assert.equal((await rig.inspect(name)).State.Status, 'running', when);
  assert.equal(await rig.exec(name, ['/bin/sh', '-c', `test $RELEASE = ${number}`]), 0, when);
  const { backups, damaged } = await backupsOf(rig.room.backupDirectory, rig.project);
  assert.deepEqual([backups, damaged], [[], []], when);
}

/** What the newest backup has besides its volumes, the manifest and the project, in blocks. */
async function blocksOfNotes({ room, project }: DeviceRig): Promise<number> {
  const [newest] = (await backupsOf(room.backupDirectory, project)).backups;
  const folder = path.join(room.backupDirectory, project, newest?.id ?? '');
  const notes = readdirSync(folder).filter(name => name.endsWith('.json'));
  assert.deepEqual(notes, ['manifest.json', 'project.json']);
  return notes.reduce((sum, name) => sum + Math.ceil(statSync(path.join(folder, name)).size / blockBytes), 0);
}

const leftIn = (rig: DeviceRig): string[] => readdirSync(path.join(rig.room.backupDirectory, rig.project));

async function assertFull(full: Full, next: DesiredProject, options: PassOptions): Promise<void> {
  const { rig, when } = full;
  const { outcome } = await rig.pass([next], { settings: { minimumFreeBytes: 0 }, ...options });
  assert.equal(outcome.projects[0]?.code, 'BACKUP_NO_SPACE', `${when}: ${JSON.stringify(outcome)}`);
  await assertRunsOn(full, '1');
  assert.deepEqual(leftIn(rig), [], when);
  assert.equal((await rig.store.record(rig.project)).starting, undefined, when);
  rig.aheadMs += hourMs;
}

async function assertUpdates({ rig, app, when }: Full, next: DesiredProject, row: string): Promise<void> {
  const { outcome } = await rig.pass([next], { settings: { minimumFreeBytes: 0 } });
  assert.equal(outcome.outcome, 'applied', `${when}: ${JSON.stringify(outcome)}`);
  await app.assertSettled(next, row, when);
  const { backups, damaged } = await backupsOf(rig.room.backupDirectory, rig.project);
  assert.deepEqual([backups.map(one => one.before), damaged], [[next.digest], []], when);
}

test('the disk of the backups is full before, while a volume is read, and at each block of what is written after it', async () => {
  await using rig = await DeviceRig.start();
  using disk = new LoopDisk(rig.room.backupDirectory, 12);
  const app = new TwoVolumes(rig, images.worker);
  await rig.pass([app.release('1')]);
  await app.write('one');
  writeFileSync(path.join(await app.place('more'), 'large'), randomBytes(3_000_000));
  const next = app.release('2');
  const { Id } = await rig.inspect(`${rig.project}-app-1`);
  const since = async () => (await rig.inspect(Id)).State.StartedAt;
  const started = await since();
  const at = (when: string): Full => ({ rig, app, when });
  disk.fill(200);
  await assertFull(at('by the look at it'), next, { settings: { minimumFreeBytes: 1024 * 1024 } });
  assert.equal(await since(), started, 'nothing was stopped for what has no room');
  await assertFull(at('while it is read'), next, {});
  // From here on what was read has room, and what comes after it has a block more each time.
  for (let blocks = 0; ; blocks += isLong ? 1 : 3) {
    disk.empty();
    let waits = 0;
    const engine = engineWith(rig, 'after', isWait, () => {
      if (++waits === 2) disk.fill(blocks);
    });
    const { outcome } = await rig.pass([next], { engine, settings: { minimumFreeBytes: 0 } });
    assert.equal(waits, 2);
    if (outcome.outcome === 'applied') {
      const needed = await blocksOfNotes(rig);
      assert.ok(blocks >= needed && needed >= 2, `${blocks} blocks were left, and ${needed} are needed`);
      break;
    }
    const when = `${blocks} blocks left: ${JSON.stringify(outcome)}`;
    assert.equal(outcome.projects[0]?.code, 'BACKUP_NO_SPACE', when);
    await assertRunsOn(at(when), '1');
    assert.deepEqual(leftIn(rig), [], when);
    rig.aheadMs += hourMs;
  }
  disk.empty();
  await app.assertSettled(next, 'one', 'when there was room');
});

test('the disk of the notes is full, and another one has the backups: the update comes with its backup, also by an agent that is killed', async () => {
  await using rig = await DeviceRig.start();
  using state = new LoopDisk(rig.stateDirectory, 8);
  using _kept = new LoopDisk(rig.room.backupDirectory, 8);
  const app = new TwoVolumes(rig, images.worker);
  await rig.pass([app.release('1')]);
  await app.write('one');
  state.fill();
  await assertUpdates({ rig, app, when: 'full' }, app.release('2'), 'one');
  state.empty();
  assert.equal((await rig.pass([app.release('2')])).outcome.outcome, 'unchanged');
  rig.restart();
  await app.assertSettled(app.release('2'), 'one', 'what there was no room for has been noted since');
  await app.write('two');
  const over = new AbortController();
  const engine = engineWith(rig, 'before', isWait, () => over.abort(new Error('killed')));
  state.fill();
  const [next, settings] = [app.release('3'), { minimumFreeBytes: 0 }];
  await assert.rejects(
    rig.pass([next], { engine, signal: over.signal, parallelSteps: 1, settings }),
    /killed/,
  );
  assert.notEqual((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running', 'it was stopped');
  // The one that comes after it knows nothing of the stop, and has no room either.
  rig.restart();
  const { outcome } = await rig.pass([next], { settings: { minimumFreeBytes: 0 } });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await app.assertSettled(next, 'two', 'by the next agent');
  const [newest] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
  assert.equal(newest?.before, next.digest);
});
