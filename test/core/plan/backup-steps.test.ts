import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackupSummary } from '../../../core/backup/manifest.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import { explainPlan } from '../../../core/plan/explain-plan.ts';
import type { ProjectMemory, ProjectRecord } from '../../../core/plan/memory.ts';
import type { ObservedContainer, ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice, planFingerprint } from '../../../core/plan/plan.ts';
import type { EngineStep, StepKind, StepOf } from '../../../core/plan/step.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 10, 30, 4);
const mount = { type: 'volume' as const, source: 'db', target: '/db', volume: {} };
const nightly = '0 3 * * *';

const settings = (change: Partial<BackupSettings> = {}): BackupSettings => ({
  volumes: ['db'],
  mode: 'stop',
  beforeUpgrade: true,
  keep: { number: 3 },
  required: true,
  timeoutMs: 60_000,
  onRollback: 'keep',
  ...change,
});

/** A database, what asks it, and what has nothing to do with it. */
function shop(
  tags: Partial<Record<'db' | 'api' | 'web', string>> = {},
  backup: Partial<BackupSettings> | undefined = {},
  services: (own: Services) => Services = own => own,
): DesiredProject {
  const { db = '1', api = '1', web = '1' } = tags;
  const project = makeProject('shop', {
    services: services({
      db: { image: `db:${db}`, volumes: [mount] },
      api: {
        image: `api:${api}`,
        volumes: [mount],
        depends_on: { db: { condition: 'service_healthy', required: true } },
      },
      web: { image: `web:${web}` },
    }),
    volumes: { db: {} },
  });
  return { ...project, backup: settings(backup) };
}

interface Change {
  readonly observed?: (state: ObservedState) => Partial<ObservedState>;
  readonly record?: Partial<ProjectRecord>;
  readonly memory?: Partial<ProjectMemory>;
  readonly settings?: Partial<DesiredState['settings']>;
}

function planned(before: DesiredProject, after: DesiredProject, change: Change = {}) {
  const { observed, memory } = observedAsApplied(makeDesired('pump', [before]), nowMs);
  const records = new Map([['shop', { lastGood: before, ...change.record }]]);
  const desired = makeDesired('pump', [after]);
  return planDevice({
    desired: { ...desired, settings: { ...desired.settings, ...change.settings } },
    observed: { ...observed, ...change.observed?.(observed) },
    memory: { ...memory, projects: records, ...change.memory },
  });
}

const containersAs =
  (change: (container: ObservedContainer) => Partial<ObservedContainer>) => (state: ObservedState) => ({
    containers: state.containers.map(one => ({ ...one, ...change(one) })),
  });

/** Those that have to do with it, in short. */
function told(steps: readonly EngineStep[]): string[] {
  return steps.flatMap(step => {
    if (step.kind === 'back-up') return [`back-up ${step.services.join(' ')}`.trim()];
    if (step.kind === 'backup-hook') return [step.hook];
    if (step.kind === 'stop-container') return [`stop ${step.service}`];
    if (step.kind === 'start-container') return [`start ${step.service}`];
    return [];
  });
}

const kinds = (steps: readonly EngineStep[]): StepKind[] => steps.map(({ kind }) => kind);

function backup(steps: readonly EngineStep[]): StepOf<'back-up'> {
  const found = steps.filter(step => step.kind === 'back-up');
  assert.equal(found.length, 1);
  return found[0] ?? assert.fail();
}

/** Whether a step waits for another one. */
function comesAfter(steps: readonly EngineStep[], later: number, earlier: number): boolean {
  return (
    later === earlier ||
    (steps[later]?.needs ?? []).some(need => need === earlier || comesAfter(steps, need, earlier))
  );
}

const placeOf = (steps: readonly EngineStep[], kind: StepKind, service?: string): number =>
  steps.findIndex(
    step => step.kind === kind && (service === undefined || ('service' in step && step.service === service)),
  );

test('exactly those that run and hold the volume stop before, dependents first, and stay down into the update', () => {
  const { steps } = planned(shop(), shop({ db: '2', web: '2' }));
  const [api, db, kept] = [
    placeOf(steps, 'stop-container', 'api'),
    placeOf(steps, 'stop-container', 'db'),
    placeOf(steps, 'back-up'),
  ];
  assert.deepEqual(backup(steps).services, ['api', 'db']);
  assert.ok(comesAfter(steps, db, api) && comesAfter(steps, kept, db));
  for (const stop of steps.filter(({ kind }) => kind === 'stop-container'))
    assert.equal(
      comesAfter(steps, kept, steps.indexOf(stop)),
      'service' in stop && stop.service !== 'web',
      stop.reason,
    );
  // Nothing of the project is replaced or started before.
  for (const [index, step] of steps.entries())
    if (['create-container', 'start-container', 'remove-container'].includes(step.kind))
      assert.ok(comesAfter(steps, index, kept), step.kind);
  assert.equal(steps.filter(step => step.kind === 'stop-container' && step.service === 'db').length, 1);
  const again = steps.find(step => step.kind === 'start-container' && step.service === 'api');
  assert.equal(again?.reason, 'it was stopped for the backup');
});

test('it comes after the pulls and files, and after it is known that there is room', () => {
  const { steps } = planned(shop(), shop({ db: '2' }));
  const [kept, room, pull] = [
    placeOf(steps, 'back-up'),
    placeOf(steps, 'check-room'),
    placeOf(steps, 'pull-image'),
  ];
  assert.ok(pull >= 0 && comesAfter(steps, room, pull) && comesAfter(steps, kept, room));
  for (const [index, { kind }] of steps.entries())
    if (kind === 'stop-container') assert.ok(comesAfter(steps, index, room));
});

test('a service that was off before stays off', () => {
  const off = containersAs(one => (one.service === 'api' ? { state: 'exited', exitCode: 0 } : {}));
  const { steps } = planned(shop(), shop({ db: '2' }), { observed: off });
  assert.deepEqual(backup(steps).services, ['db']);
  assert.ok(!told(steps).includes('start api') && !told(steps).includes('stop api'));
});

test('no service that uses the data changes: nothing is kept; one that is removed, renamed, or new to it counts', () => {
  assert.ok(!kinds(planned(shop(), shop({ web: '2' })).steps).includes('back-up'));
  const changes: [string, (own: Services) => Services][] = [
    ['removed', ({ api: _api, ...rest }) => rest],
    ['renamed', ({ db, ...rest }) => ({ ...rest, api: { image: 'api:1' }, postgres: { ...db } })],
    ['new to it', own => ({ ...own, web: { ...own.web, volumes: [mount] } })],
    ['by volumes_from', own => ({ ...own, job: { image: 'job:1', volumes_from: ['db'] } })],
  ];
  for (const [what, change] of changes)
    assert.ok(kinds(planned(shop(), shop({}, {}, change)).steps).includes('back-up'), what);
});

test('nothing is kept on the first installation, of a volume that is not there, for drift, or of a paused app', () => {
  const first = planned(shop(), shop({ db: '2' }), { memory: { projects: new Map() } });
  const missing = planned(shop(), shop({ db: '2' }), { observed: () => ({ volumes: [] }) });
  const drift = planned(shop(), shop(), { observed: containersAs(() => ({ hash: 'other', parts: {} })) });
  const paused = planned(shop(), { ...shop({ db: '2' }), paused: true });
  for (const { steps } of [first, missing, drift, paused]) assert.ok(!kinds(steps).includes('back-up'));
  assert.ok(kinds(drift.steps).includes('create-container'));
});

test('on the way back from what failed nothing is kept', () => {
  const bad = shop({ db: '2' });
  const { observed } = observedAsApplied(makeDesired('pump', [bad]), nowMs);
  const setAside = { digest: bad.digest, code: 'X', message: 'x', atMs: 0 };
  const { steps } = planned(shop(), bad, { observed: () => observed, record: { setAside } });
  assert.ok(kinds(steps).includes('create-container') && !kinds(steps).includes('back-up'));
});

test('the data is kept under the name that what ran has for it, also where the new version calls it otherwise', () => {
  const renamed = { ...shop({ db: '2' }) };
  renamed.model = { ...renamed.model, volumes: { db: { name: 'elsewhere' } } };
  const { steps } = planned(shop(), { ...renamed, digest: 'sha256:other' });
  assert.deepEqual(backup(steps).volumes, [{ key: 'db', name: 'shop_db' }]);
});

test('a volume that is made anew is kept before it goes', () => {
  const other = shop({}, {});
  const after = {
    ...other,
    model: { ...other.model, volumes: { db: { name: 'shop_db', labels: { v: '2' } } } },
    disposableVolumes: ['db'],
    digest: 'sha256:other',
  };
  const { steps } = planned(shop(), after);
  assert.ok(comesAfter(steps, placeOf(steps, 'remove-volume'), placeOf(steps, 'back-up')));
});

test('with pause, hook and live nothing is stopped for it, and commands run around it in the running container', () => {
  const pre = { service: 'db', command: ['dump'], timeoutMs: 1000 };
  for (const mode of ['pause', 'hook', 'live'] as const) {
    const { steps } = planned(shop(), shop({ db: '2' }, { mode, pre, post: pre }));
    const [before, kept, stop] = [
      placeOf(steps, 'backup-hook'),
      placeOf(steps, 'back-up'),
      placeOf(steps, 'stop-container'),
    ];
    const after = steps.findIndex(step => step.kind === 'backup-hook' && step.hook === 'post');
    assert.ok(comesAfter(steps, kept, before) && comesAfter(steps, after, kept), mode);
    assert.ok(comesAfter(steps, stop, after), mode);
    assert.deepEqual(backup(steps).services, mode === 'pause' ? ['api', 'db'] : []);
    assert.equal(steps[before]?.kind === 'backup-hook' && steps[before].container, 'applied:shop-db-1');
  }
});

test('a command comes before the first stop; where its service does not run the step has no container to run in', () => {
  const pre = { service: 'web', command: ['flush'], timeoutMs: 1000 };
  const { steps } = planned(shop(), shop({ db: '2' }, { pre }));
  for (const [index, { kind }] of steps.entries())
    if (kind === 'stop-container') assert.ok(comesAfter(steps, index, placeOf(steps, 'backup-hook')));
  const off = containersAs(one => (one.service === 'web' ? { state: 'exited', exitCode: 1 } : {}));
  const { steps: without } = planned(shop(), shop({ db: '2' }, { pre }), { observed: off });
  const hook = without.find(step => step.kind === 'backup-hook');
  assert.equal(hook?.kind === 'backup-hook' && hook.container, '');
});

const down = containersAs(one => (one.service === 'web' ? {} : { state: 'exited', exitCode: 0 }));
const starting = ['applied:shop-db-1', 'applied:shop-api-1'];

test('cut off between the stop and the backup: it is made, what was stopped counts, and starts again', () => {
  const pre = { service: 'db', command: ['flush'], timeoutMs: 1000 };
  const { steps } = planned(shop(), shop({ db: '2' }, { pre }), { observed: down, record: { starting } });
  assert.deepEqual(told(steps), ['back-up api db', 'start db', 'start api']);
});

test('cut off there, and the update is withdrawn: what was stopped is started, and nothing is kept', () => {
  const { steps } = planned(shop(), shop(), { observed: down, record: { starting } });
  assert.deepEqual(told(steps), ['start db', 'start api']);
});

test('cut off after the backup no second one is made, unless the old version has run again since', () => {
  const after = shop({ db: '2', api: '2' });
  const record = { starting, backedUp: { id: 'x', before: after.digest } };
  assert.deepEqual(told(planned(shop(), after, { observed: down, record }).steps), ['start db', 'start api']);
  // An engine that started anew has brought it back.
  assert.ok(kinds(planned(shop(), after, { record }).steps).includes('back-up'));
  // Also where one of them does not change.
  const one = shop({ db: '2' });
  const kept = { starting, backedUp: { id: 'x', before: one.digest } };
  assert.ok(kinds(planned(shop(), one, { record: kept }).steps).includes('back-up'));
  // And where docker compose has made that one, which bears no hash of ours.
  const taken = (state: ObservedState) => ({
    adopting: new Set(['shop']),
    ...containersAs(({ service, hash }) =>
      service === 'api' ? { hash: '', adopted: new Map([[hash, { differs: [] }]]) } : {},
    )(state),
  });
  const takes = (project: DesiredProject): DesiredProject => ({ ...project, adopt: true });
  const again = planned(takes(shop()), takes(one), { observed: taken, record: kept });
  assert.ok(kinds(again.steps).includes('back-up'));
  const other = { backedUp: { id: 'x', before: 'sha256:other' }, starting };
  assert.ok(kinds(planned(shop(), after, { observed: down, record: other }).steps).includes('back-up'));
  // Something of the new version has run: the first backup has what was there before.
  const half = observedAsApplied(makeDesired('pump', [after]), nowMs).observed.containers;
  const mixed = (state: ObservedState) => ({
    containers: state.containers.map(one =>
      one.service === 'db' ? (half.find(({ service }) => service === 'db') ?? one) : one,
    ),
  });
  assert.ok(!kinds(planned(shop(), after, { observed: mixed, record }).steps).includes('back-up'));
});

test('who lives in the namespaces of one that stops stops before it and starts after it', () => {
  const sidecar = (own: Services): Services => ({
    ...own,
    proxy: { image: 'proxy:1', network_mode: 'service:db' },
  });
  const scheduled = { expression: nightly, sinceMs: nowMs - 86_400_000 };
  const app = shop({}, { schedule: nightly }, sidecar);
  const { steps } = planned(app, app, { record: { scheduled } });
  const at = (kind: StepKind, service: string) => placeOf(steps, kind, service);
  assert.ok(comesAfter(steps, at('stop-container', 'db'), at('stop-container', 'proxy')));
  assert.ok(comesAfter(steps, at('start-container', 'proxy'), at('start-container', 'db')));
});

test('who is not of the app and may write meanwhile is named, and runs on', () => {
  const foreign = [{ id: 'f', name: 'backup-of-others', ports: [], networks: [], volumes: ['shop_db'] }];
  const { steps } = planned(shop(), shop({ db: '2' }), { observed: () => ({ foreign }) });
  assert.match(
    backup(steps).reason,
    /^volume shop_db is kept before the update, while backup-of-others of others/,
  );
});

const dueSince = { expression: nightly, sinceMs: nowMs - 86_400_000 };

test('by the clock: stop, back up, start; with live nothing but the backup', () => {
  const app = shop({}, { schedule: nightly });
  const { steps } = planned(app, app, { record: { scheduled: dueSince } });
  assert.deepEqual(told(steps), ['stop api', 'stop db', 'back-up api db', 'start db', 'start api']);
  assert.equal(backup(steps).cause, 'schedule');
  const live = shop({}, { schedule: nightly, mode: 'live' });
  assert.deepEqual(kinds(planned(live, live, { record: { scheduled: dueSince } }).steps), [
    'check-room',
    'back-up',
  ]);
});

const summary = (change: Partial<BackupSummary> = {}): BackupSummary => ({
  ...{ id: 'x', app: 'shop', project: 'shop', digest: 'sha256:1', cause: 'upgrade', atMs: nowMs - 1000 },
  ...{ tookMs: 40_200, bytes: 1.2 * 1024 ** 3, contentBytes: 5 * 1024 ** 3, stores: [] },
  ...change,
});

test('by the clock: not before its time, not right after another backup, not in a closed window, not under a lock, not while it waits', () => {
  const app = shop({}, { schedule: nightly });
  const due = { scheduled: dueSince };
  const windows = [{ start: '0 22 * * *', durationMs: 3_600_000, timeZone: 'UTC' }];
  const backupTries = {
    digest: app.digest,
    count: 1,
    nextMs: nowMs + 30_000,
    code: 'BACKUP_FAILED',
    message: 'no',
  };
  const held: Change[] = [
    {},
    { record: { scheduled: { ...dueSince, sinceMs: nowMs - 1000 } } },
    { record: due, memory: { backups: new Map([['shop', [summary()]]]) } },
    { record: due, settings: { windows } },
    { record: due, observed: () => ({ locked: new Set(['shop']) }) },
    { record: { ...due, backupTries } },
  ];
  for (const [index, change] of held.entries())
    assert.deepEqual(kinds(planned(app, app, change).steps), [], String(index));
  const waiting = planned(app, app, { record: { ...due, backupTries } });
  assert.match(waiting.skipped[0]?.reason ?? '', /^no; next try at /);
});

test('a backup that is due together with an update is one, before it', () => {
  const [app, next] = [shop({}, { schedule: nightly }), shop({ db: '2' }, { schedule: nightly })];
  const { steps } = planned(app, next, { record: { scheduled: dueSince } });
  assert.equal(backup(steps).cause, 'upgrade');
});

test('what has been set aside holds back no backup by the clock, by what the commit says now', () => {
  const bad = shop({ db: '2' }, { schedule: nightly, timeoutMs: 1 });
  const { backup: _none, ...lastGood } = shop();
  const setAside = { digest: bad.digest, code: 'X', message: 'x', atMs: 0 };
  const plan = planned(lastGood, bad, { record: { setAside, scheduled: dueSince } });
  assert.equal(backup(plan.steps).cause, 'schedule');
  assert.equal(plan.targets.get('shop')?.backup?.timeoutMs, 1);
});

test('a plan says what it takes, as the last one took it, and is the same plan whatever that was', () => {
  const backups = new Map([['shop', [summary()]]]);
  const plan = planned(shop(), shop({ db: '2' }), { memory: { backups } });
  assert.match(
    explainPlan(plan).join('\n'),
    /^ {2}back up shop_db: about 1\.2 GiB, api, db down about 40 s — volume shop_db is kept before the update$/m,
  );
  const without = planned(shop(), shop({ db: '2' }));
  assert.match(explainPlan(without).join('\n'), /^ {2}back up shop_db: api, db down — /m);
  assert.equal(planFingerprint(plan.steps), planFingerprint(without.steps));
});

test('who is stopped for a backup is replaced after it, whatever the strategy says: two of it would write meanwhile', () => {
  for (const strategy of ['handover', 'rolling'] as const) {
    const as = (project: DesiredProject) => ({ ...project, update: { ...project.update, strategy } });
    const { steps } = planned(as(shop()), as(shop({ db: '2', api: '2', web: '2' })));
    const kept = placeOf(steps, 'back-up');
    assert.notEqual(kept, -1, strategy);
    for (const service of ['db', 'api']) {
      const made = placeOf(steps, 'create-container', service);
      const step = steps[made];
      assert.ok(step?.kind === 'create-container' && step.beside !== true, `${strategy}: ${service}`);
      assert.ok(comesAfter(steps, made, kept), `${strategy}: ${service} is made before the backup`);
    }
  }
});
