/** A backup that fails stops the update and not the app: what it stopped runs again, and it is tried later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataSteps } from '../../../agent/runtime/engine/run-context.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const mount = { type: 'volume' as const, source: 'data', target: '/data', volume: {} };

/** `beside` holds the data, too, and never changes. It has no restart policy and ends with 0 when it is stopped. */
function app(name: string, version: string, backup: Partial<BackupSettings> = {}): DesiredProject {
  const holder = { image: images.worker, volumes: [mount] };
  const project = makeProject(name, {
    services: { db: { ...holder, labels: { version } }, beside: holder },
    volumes: { data: {} },
  });
  const settings: BackupSettings = {
    ...{ volumes: ['data'], mode: 'stop', beforeUpgrade: true, keep: { number: 3 } },
    ...{ required: true, timeoutMs: 60_000, onRollback: 'keep' },
    ...backup,
  };
  return { ...project, backup: settings };
}

const running = async (rig: DeviceRig) =>
  (await rig.containers())
    .filter(({ State }) => State === 'running')
    .map(({ Names }) => Names.join())
    .sort();

/** Backups that fail until they are told otherwise; what runs meanwhile is noted. */
function faulty(rig: DeviceRig) {
  const seen: string[][] = [];
  const state = { fails: true, seen, digest: '' };
  const unused = () => Promise.reject(new Error('not asked for'));
  const data: DataSteps = {
    hook: unused,
    unpack: unused,
    restore: unused,
    sweep: () => Promise.resolve(),
    backUp: async ({ project }, { store }) => {
      seen.push(await running(rig));
      if (state.fails) throw new TowlineError('BACKUP_FAILED', 'the disk is worn out');
      await store.update(project, { backedUp: { id: 'x', before: state.digest } });
    },
  };
  const pass = (project: DesiredProject) => {
    state.digest = project.digest;
    return rig.pass([project], { data });
  };
  return { state, pass };
}

test('a backup before an update that fails: all runs on as before, it is tried again after 30 s, 60 s and so on, then the update comes', async () => {
  await using rig = await DeviceRig.start();
  const { state, pass } = faulty(rig);
  const [good, next] = [app(rig.project, '1'), app(rig.project, '2')];
  assert.equal((await pass(good)).outcome.outcome, 'applied');
  const before = await running(rig);
  for (const seconds of [30, 60]) {
    const { outcome } = await pass(next);
    const [project] = outcome.projects;
    assert.deepEqual(
      [project?.state, project?.code, project?.setAside],
      ['degraded', 'BACKUP_FAILED', undefined],
    );
    assert.match(project?.message ?? '', new RegExp(`worn out; tried again in ${seconds} s`));
    assert.deepEqual(await running(rig), before);
    assert.equal((await rig.store.record(rig.project)).starting, undefined);
    const waiting = await rig.plan([next]);
    assert.deepEqual([waiting.steps, waiting.skipped[0]?.why], [[], 'backoff']);
    await rig.store.update(rig.project, {
      attempts: {
        digest: next.digest,
        count: seconds / 30,
        nextMs: Date.now() - 1,
        code: 'BACKUP_FAILED',
        message: '',
      },
    });
  }
  state.fails = false;
  assert.equal((await pass(next)).outcome.outcome, 'applied');
  assert.deepEqual(state.seen, [[], [], []]);
  assert.deepEqual(await running(rig), before);
  const record = await rig.store.record(rig.project);
  assert.deepEqual(
    [record.lastGood?.digest, record.backedUp, record.attempts],
    [next.digest, undefined, undefined],
  );
  assert.deepEqual((await rig.plan([next])).steps, []);
});

test('one that is not required fails: the update goes on, and the status says so until one is made', async () => {
  await using rig = await DeviceRig.start();
  const { state, pass } = faulty(rig);
  await pass(app(rig.project, '1', { required: false }));
  const { outcome } = await pass(app(rig.project, '2', { required: false }));
  assert.equal(outcome.outcome, 'applied');
  assert.match(outcome.projects[0]?.message ?? '', /^updated without a backup, .*worn out$/);
  state.fails = false;
  const last = await pass(app(rig.project, '3', { required: false }));
  assert.deepEqual([last.outcome.outcome, last.outcome.projects[0]?.message], ['applied', undefined]);
});

test('one by the clock fails: the app runs on, it has tries of its own, and one that is made is not made again', async () => {
  await using rig = await DeviceRig.start();
  const { state, pass } = faulty(rig);
  const project = app(rig.project, '1', { schedule: '* * * * *' });
  await pass(project);
  const before = await running(rig);
  const sinceMs = Date.now() - 3_600_000;
  await rig.store.update(rig.project, { scheduled: { expression: '* * * * *', sinceMs } });
  const { outcome } = await pass(project);
  assert.deepEqual([outcome.projects[0]?.state, outcome.projects[0]?.code], ['degraded', 'BACKUP_FAILED']);
  assert.deepEqual([await running(rig), state.seen], [before, [[]]]);
  const waiting = await pass(project);
  assert.deepEqual([waiting.plan.steps, waiting.outcome.projects[0]?.code], [[], 'BACKUP_FAILED']);
  state.fails = false;
  await rig.store.update(rig.project, { backupTries: undefined });
  assert.equal((await pass(project)).outcome.outcome, 'applied');
  assert.deepEqual([await running(rig), (await rig.plan([project])).steps], [before, []]);
});

test('killed between the stop and the backup, and the update withdrawn: what was stopped runs again', async () => {
  await using rig = await DeviceRig.start();
  const good = app(rig.project, '1');
  await rig.pass([good]);
  const before = await running(rig);
  const kill = new AbortController();
  const cut = rig.pass([app(rig.project, '2')], {
    signal: kill.signal,
    parallelSteps: 1,
    around: async (step, run) => {
      kill.signal.throwIfAborted();
      if (step.kind === 'back-up') kill.abort(new Error('killed'));
      else await run();
    },
  });
  await assert.rejects(cut, /killed/);
  rig.restart();
  assert.deepEqual(await running(rig), []);
  assert.equal((await rig.pass([good])).outcome.outcome, 'applied');
  assert.deepEqual(await running(rig), before);
});
