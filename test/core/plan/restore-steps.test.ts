import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RestoreNote } from '../../../core/backup/restore-note.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { ProjectMemory, ProjectRecord } from '../../../core/plan/memory.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import type { EngineStep } from '../../../core/plan/step.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 10, 30, 12);
const id = '20261129T041500Z-1a2b3c4d';

const shop = (release: string): DesiredProject => ({
  ...makeProject('shop', {
    services: {
      web: { image: `web:${release}`, depends_on: { db: { condition: 'service_started' } } },
      db: { image: 'db:1', volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
    },
    volumes: { data: {} },
  }),
  release,
});

interface Scene {
  readonly running?: DesiredProject;
  readonly wanted?: DesiredProject;
  readonly record?: ProjectRecord;
  readonly note?: RestoreNote | 'damaged';
  readonly memory?: Partial<ProjectMemory>;
  readonly observed?: Partial<ObservedState>;
}

const asks = (project: DesiredProject, more: object = {}): DesiredProject => ({
  ...project,
  restore: { backup: id, migrate: false, ...more },
});

/** As a device has it whose app holds its volume in `db` alone. */
function sceneOf({ running = shop('1'), wanted = asks(shop('1')), ...scene }: Scene) {
  const { observed } = observedAsApplied(makeDesired('pump', [running]), nowMs);
  const volumes = (service: string) => (service === 'db' ? ['shop_data'] : []);
  const containers = observed.containers.map(one => ({
    ...one,
    mounts: { paths: [], volumes: volumes(one.service) },
  }));
  const record = scene.record ?? { lastGood: running };
  return {
    desired: makeDesired('pump', [wanted]),
    observed: { ...observed, containers, ...scene.observed },
    memory: {
      projects: new Map([['shop', record]]),
      nowMs,
      ...(scene.note === undefined ? {} : { restores: new Map([['shop', scene.note]]) }),
      ...scene.memory,
    },
  };
}

const planOf = (scene: Scene) => planDevice(sceneOf(scene));
const kinds = (steps: readonly EngineStep[]) =>
  steps.map(step => ('service' in step ? `${step.kind} ${step.service}` : step.kind));

const isDb = ({ service }: { readonly service: string }) => service === 'db';

/** All that a step waits for, at once or by another. */
function after(steps: readonly EngineStep[], index: number, found = new Set<number>()): Set<number> {
  for (const need of steps[index]?.needs ?? []) {
    found.add(need);
    after(steps, need, found);
  }
  return found;
}

const note: RestoreNote = {
  backup: id,
  cause: 'request',
  migrate: false,
  stamp: '20261130T115900.000Z',
  phase: 'asked',
  volumes: [],
};
const unpacked: RestoreNote = {
  ...note,
  phase: 'unpacked',
  volumes: [{ key: 'data', name: 'shop_data', fresh: 'fresh', aside: 'aside' }],
};

test('a restore unpacks while the app runs, stops who holds the volume, and starts it again after', () => {
  const { steps, skipped } = planOf({});
  assert.deepEqual(skipped, []);
  assert.deepEqual(kinds(steps), [
    'unpack-backup',
    'stop-container db',
    'restore-volumes',
    'start-container db',
    'wait-healthy',
  ]);
  assert.deepEqual(
    steps.map(({ needs }) => needs.length > 0),
    [false, true, true, true, true],
  );
  assert.ok(steps[1]?.needs.includes(0) && steps[2]?.needs.includes(1) && steps[3]?.needs.includes(2));
});

test('what was carried out is not carried out again, however long the request stays', () => {
  const record = { lastGood: shop('1'), restoreAsked: { backup: id } };
  assert.deepEqual(planOf({ record }).steps, []);
  const other = asks(shop('1'), { backup: '20261128T041500Z-1a2b3c4d' });
  assert.equal(planOf({ record, wanted: other }).steps[0]?.kind, 'unpack-backup');
});

test('without a memory of the app it comes only where no volume of it is there', () => {
  const unsure = planOf({ record: {} });
  assert.equal(unsure.skipped[0]?.code, 'RESTORE_UNSURE');
  assert.ok(!unsure.steps.some(({ kind }) => kind === 'restore-volumes'));
  assert.ok(unsure.targets.has('shop'), 'the app runs on');
  const blank = planOf({ record: {}, observed: { containers: [], volumes: [] } });
  assert.deepEqual(blank.skipped, []);
  const order = kinds(blank.steps);
  const at = (kind: string) => order.indexOf(kind);
  const made = blank.steps[at('create-volume')];
  assert.ok(
    made?.needs.includes(at('unpack-backup')),
    'a volume that is there would make the next pass unsure',
  );
  assert.ok(blank.steps[at('restore-volumes')]?.needs.includes(at('create-volume')));
  assert.ok(blank.steps[at('create-container db')]?.needs.includes(at('restore-volumes')));
});

test('what was unsure once stays so when the app has become known', () => {
  const { steps, skipped } = planOf({
    record: { lastGood: shop('1'), restoreAsked: { backup: id, unsure: true } },
  });
  assert.deepEqual(kinds(steps), []);
  assert.equal(skipped[0]?.code, 'RESTORE_UNSURE');
});

test('one that was decided before the agent was killed goes on, with its volumes there', () => {
  assert.equal(planOf({ record: {}, note }).steps[0]?.kind, 'unpack-backup');
  const { steps } = planOf({ record: {}, note: unpacked, wanted: shop('1') });
  assert.deepEqual(kinds(steps).slice(0, 2), ['stop-container db', 'restore-volumes'], 'withdrawn or not');
});

test('who was stopped for it starts only when the volumes are whole', () => {
  const { observed } = sceneOf({});
  const stopped = observed.containers.map(one =>
    one.service === 'db' ? { ...one, state: 'exited' as const, exitCode: 0 } : one,
  );
  // Its start is owed: it ended well because it was stopped.
  const record = { lastGood: shop('1'), starting: stopped.map(({ id: container }) => container) };
  const { steps } = planOf({ record, note: unpacked, observed: { containers: stopped.filter(isDb) } });
  const start = kinds(steps).indexOf('start-container db');
  assert.ok(after(steps, start).has(kinds(steps).indexOf('restore-volumes')));
});

test('a note that cannot be read keeps the app as it is', () => {
  const { steps, skipped } = planOf({ note: 'damaged' });
  assert.deepEqual(steps, []);
  assert.equal(skipped[0]?.code, 'RESTORE_MARK');
});

test('a backup of another release needs a word for it', () => {
  const old = { id, app: 'shop', project: 'shop', release: '0', digest: '', cause: 'upgrade' } as const;
  const summary = { ...old, atMs: 0, tookMs: 0, bytes: 1, contentBytes: 1, stores: [] };
  const memory = { backups: new Map([['shop', [summary]]]) };
  assert.equal(planOf({ memory }).skipped[0]?.code, 'RESTORE_OTHER_RELEASE');
  const told = asks(shop('1'), { release: '0' });
  assert.equal(planOf({ wanted: told }).skipped[0]?.code, 'RESTORE_OTHER_RELEASE');
  assert.equal(
    planOf({ memory, wanted: asks(shop('1'), { migrate: true }) }).steps[0]?.kind,
    'unpack-backup',
  );
});

test('a restore that could not be done waits for its next try, and the rest of the app does not', () => {
  const tries = { count: 1, nextMs: nowMs + 30_000, code: 'RESTORE_NO_SPACE', message: 'no room' };
  const waits = { note: { ...note, tries } };
  const { observed } = sceneOf({});
  const dead = observed.containers.map(one => ({ ...one, state: 'exited' as const, exitCode: 1 }));
  const { steps, skipped } = planOf({ ...waits, observed: { containers: dead } });
  assert.equal(skipped[0]?.code, 'RESTORE_NO_SPACE');
  assert.ok(kinds(steps).includes('start-container db'));
  assert.ok(!kinds(steps).includes('restore-volumes'));
  assert.equal(
    planOf({ note: { ...note, tries: { ...tries, nextMs: nowMs } } }).steps[0]?.kind,
    'unpack-backup',
  );
});

test('windows do not hold it, a pause and a hold do', () => {
  const { desired, observed, memory } = sceneOf({});
  const settings = { ...desired.settings, windows: [{ cron: '0 0 1 1 *', durationMs: 1 }] };
  const first = (change: object, hold = {}) =>
    planDevice({ desired: { ...desired, ...change }, observed, memory: { ...memory, ...hold } }).steps[0]
      ?.kind;
  assert.equal(first({ settings: { ...settings, windows: [] } }), 'unpack-backup');
  assert.equal(first({ settings: { ...desired.settings, paused: true } }), undefined);
  assert.equal(first({}, { holdUntilMs: nowMs + 60_000 }), undefined);
});

test('an update that failed is taken back with its data, after the new version has stopped', () => {
  const record = {
    lastGood: shop('1'),
    setAside: { digest: shop('2').digest, code: 'ENGINE_UNHEALTHY', message: 'sick', atMs: nowMs },
    takeBack: { backup: id },
  };
  const newer = { ...shop('2'), model: { ...shop('2').model } };
  const { steps } = planOf({ running: newer, wanted: newer, record });
  const order = kinds(steps);
  const restored = order.indexOf('restore-volumes');
  assert.ok(restored > order.indexOf('stop-container db') && order.indexOf('unpack-backup') >= 0);
  for (const [index, { kind }] of steps.entries())
    if (kind === 'create-container' || kind === 'start-container')
      assert.ok(after(steps, index).has(restored), `${order[index]} waits for the data`);
});

test('what was there before goes when the app is healthy, and not before', () => {
  const aside = { name: 'aside', project: 'shop', key: 'data', what: 'aside-x' };
  const restored = { backup: id, cause: 'request', state: 'begun', stamp: 'x' } as const;
  const record = { lastGood: shop('1'), restoreAsked: { backup: id }, restored };
  const begun = planOf({ record, observed: { beside: [aside] } });
  assert.deepEqual(kinds(begun.steps), ['wait-healthy', 'remove-aside']);
  assert.deepEqual(begun.steps[1]?.needs, [0]);
  const others = planOf({ record, note: unpacked, observed: { beside: [aside] } });
  assert.ok(!kinds(others.steps).includes('remove-aside'));
});

test('where an update is taken back, no later one sees what it has left', () => {
  const record = { lastGood: shop('1'), takeBack: { backup: id } };
  const begun = { ...unpacked, cause: 'rollback' } as const;
  for (const scene of [{ record }, { record: { lastGood: shop('1') }, note: begun }]) {
    const { steps, targets, skipped } = planOf({ ...scene, running: shop('2'), wanted: shop('3') });
    assert.equal(targets.get('shop')?.digest, shop('1').digest);
    assert.equal(skipped[0]?.why, 'restore');
    assert.ok(kinds(steps).includes('restore-volumes'));
    assert.ok(!kinds(steps).includes('back-up'));
  }
});

test('of volumes that have data of two times nothing starts, whatever fails and whoever withdraws it', () => {
  const tries = { count: 1, nextMs: nowMs + 30_000, code: 'RESTORE_NO_SPACE', message: 'no room' };
  const torn = { ...note, exchanging: true, tries } as const;
  const { observed } = sceneOf({});
  const dead = observed.containers.map(one => ({ ...one, state: 'exited' as const, exitCode: 1 }));
  const { steps, skipped } = planOf({ note: torn, wanted: shop('1'), observed: { containers: dead } });
  assert.deepEqual(skipped, []);
  assert.equal(steps[0]?.kind, 'unpack-backup');
  const restored = kinds(steps).indexOf('restore-volumes');
  assert.ok(after(steps, kinds(steps).indexOf('start-container db')).has(restored));
});
