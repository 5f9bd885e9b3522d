import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkModel, VolumeModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { bindPaths } from '../../../core/plan/bind-paths.ts';
import { explainPlan } from '../../../core/plan/explain-plan.ts';
import type { ObservedState, ObservedVolume } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planWhole } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 10, 28, 12);
const mount = (source: string) => ({ type: 'volume' as const, source, target: `/${source}`, volume: {} });

function stack(volumes: Record<string, VolumeModel>, disposableVolumes?: readonly string[]): DesiredProject {
  return makeProject('shop', {
    services: {
      app: { image: 'app', volumes: [mount('sock'), mount('data')] },
      other: { image: 'other', volumes: [mount('data')] },
    },
    volumes: { sock: {}, data: {}, ...volumes },
    ...(disposableVolumes === undefined ? {} : { disposableVolumes }),
  });
}

const sized = (size: string): VolumeModel => ({
  driver_opts: { type: 'tmpfs', device: 'tmpfs', o: `size=${size},password=hunter2` },
});

type Change = (state: ObservedState) => Partial<ObservedState>;

function planned(before: DesiredProject, after: DesiredProject, change: Change = () => ({})) {
  const { observed, ...rest } = observedAsApplied(makeDesired('pump', [before]), nowMs);
  return planWhole({
    desired: makeDesired('pump', [after]),
    observed: { ...observed, ...change(observed) },
    ...rest,
  });
}

const volumesAs =
  (form: Partial<ObservedVolume>): Change =>
  ({ volumes }) => ({
    volumes: volumes.map(volume => (volume.name === 'shop_data' ? { ...volume, ...form } : volume)),
  });

test('a volume that is defined otherwise is kept, and named with what differs, never with values', () => {
  const before = stack({ sock: sized('1m') });
  const changes: [Record<string, VolumeModel>, string][] = [
    [{ sock: sized('2m') }, 'shop_sock is defined otherwise now (driver_opts.o)'],
    [
      { sock: {} },
      'shop_sock is defined otherwise now (driver_opts.device, driver_opts.o, driver_opts.type)',
    ],
    [
      { sock: sized('1m'), data: { labels: { who: 'b' } } },
      'shop_data is defined otherwise now (labels.who)',
    ],
    [{ sock: sized('1m'), data: { driver: 'rclone' } }, 'shop_data is defined otherwise now (driver)'],
  ];
  for (const [volumes, words] of changes) {
    const { notices, steps } = planned(before, stack(volumes));
    assert.deepEqual(
      notices.map(({ code, message }) => [code, message.includes(words)]),
      [['ENGINE_VOLUME_KEPT', true]],
      words,
    );
    assert.ok(!steps.some(({ kind }) => kind === 'remove-volume' || kind === 'create-container'));
    assert.doesNotMatch(JSON.stringify(notices), /hunter2/);
  }
});

test('a definition that is written otherwise and means the same is no difference', () => {
  const { notices } = planned(stack({}), stack({ data: { driver: 'local' } }));
  assert.deepEqual(notices, []);
});

test("somebody else's volume under the app's name is told where it is otherwise", () => {
  const app = stack({ data: { labels: { who: 'a' }, driver_opts: { type: 'nfs' } } });
  const form = {
    driver: 'local',
    options: { type: 'nfs' },
    labels: { who: 'a', 'com.docker.compose.x': 'y', more: 'z' },
  };
  assert.deepEqual(planned(app, app, volumesAs({ owner: undefined, form })).notices, []);
  const other = { ...form, options: { type: 'nfs', o: 'addr=10.0.0.1' } };
  const [notice] = planned(app, app, volumesAs({ owner: undefined, form: other })).notices;
  assert.match(
    notice?.message ?? '',
    /shop_data was made by somebody else, and otherwise \(driver_opts\.o\)/,
  );
});

test('a disposable volume is made anew between the last container that has it and the first that gets it', () => {
  const { steps, notices } = planned(stack({ sock: sized('1m') }), stack({ sock: sized('2m') }, ['sock']));
  assert.deepEqual(notices, []);
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    [
      'stop-container',
      'remove-container',
      'remove-volume',
      'create-volume',
      'create-container',
      'start-container',
      'wait-healthy',
    ],
  );
  const text = explainPlan(planned(stack({ sock: sized('1m') }), stack({ sock: sized('2m') }, ['sock'])));
  assert.ok(text.some(line => line.includes('remove volume shop_sock with all that it holds')));
  for (const [index, { needs }] of steps.entries())
    if (index > 0) assert.ok(needs.includes(index - 1), `${index}`);
});

test('only what is named is disposable', () => {
  const after = stack({ sock: sized('2m'), data: { labels: { who: 'b' } } }, ['sock']);
  const { steps, notices } = planned(stack({ sock: sized('1m') }), after);
  assert.deepEqual(
    steps.flatMap(step => (step.kind === 'remove-volume' ? [step.name] : [])),
    ['shop_sock'],
  );
  assert.match(notices[0]?.message ?? '', /shop_data/);
});

test('a disposable volume that others have, or whose loss would take more with it, is kept and says why', () => {
  const before = stack({});
  const after = stack({ data: { labels: { who: 'b' } } }, ['data']);
  const guest = { id: 'g', name: 'guest', ports: [], networks: [], volumes: ['shop_data'] };
  const mounts = { paths: [], volumes: ['shop_data'], holdsAnonymous: true };
  const obstacles: [Change, RegExp][] = [
    [() => ({ foreign: [guest] }), /not made anew, because container guest, which is not the app's, uses it/],
    [({ containers }) => ({ containers: containers.map(one => ({ ...one, mounts })) }), /anonymous volumes/],
    [
      volumesAs({ owner: undefined, form: { driver: 'nfs', options: {}, labels: {} } }),
      /not one that this device has made/,
    ],
  ];
  for (const [change, words] of obstacles) {
    const { steps, notices } = planned(before, after, change);
    assert.match(notices[0]?.message ?? '', words);
    assert.ok(!steps.some(({ kind }) => kind === 'remove-volume'));
  }
});

test('one that another key of the file names, too, is not disposable by half', () => {
  for (const alias of [{ name: 'shop_data' }, { name: 'shop_data', external: true }]) {
    const before = stack({ alias });
    const after = stack({ data: { labels: { who: 'b' } }, alias }, ['data']);
    const { steps, notices } = planned(before, after);
    assert.match(notices[0]?.message ?? '', /not made anew, because it is volume alias of the file, too/);
    assert.ok(!steps.some(({ kind }) => kind === 'remove-volume'));
  }
});

test('a disposable volume that is to bind a folder is judged by it, also while another one is there', () => {
  const bound = (device: string) => ({ data: { driver_opts: { type: 'none', o: 'bind', device } } });
  const { observed } = observedAsApplied(makeDesired('pump', [stack(bound('/srv/old'))]), nowMs);
  const there = {
    ...observed,
    ...volumesAs({ made: { driver: 'local', options: { o: 'bind', device: '/srv/old' } } })(observed),
  };
  const paths = (project: DesiredProject) => bindPaths(project, there, '/p').map(({ path }) => path);
  assert.deepEqual(paths(stack(bound('/srv/new'))), ['/srv/old']);
  assert.deepEqual(paths(stack(bound('/srv/new'), ['data'])), ['/srv/old', '/srv/new']);
});

test('an external network that the file gives another driver is told, and nothing else is said of it', () => {
  const on = (lan: NetworkModel) =>
    makeProject('shop', { services: { app: { image: 'app', networks: { lan: null } } }, networks: { lan } });
  const there: Change = ({ networks }) => ({
    networks: networks.map(one => ({ ...one, made: { driver: 'bridge', options: { mtu: '1400' } } })),
  });
  const told = (lan: NetworkModel) =>
    planned(on(lan), on(lan), there).notices.map(({ code, message }) => [code, message]);
  assert.deepEqual(told({ external: true }), []);
  assert.deepEqual(told({ external: true, driver: 'bridge', driver_opts: { mtu: '1400' } }), []);
  assert.deepEqual(told({ external: true, driver: 'macvlan' }), [
    ['ENGINE_NETWORK_KEPT', 'network shop_lan is external and otherwise (driver): it is used as it is'],
  ]);
});
