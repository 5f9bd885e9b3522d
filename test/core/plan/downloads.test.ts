/** What is brought to the disk ahead: when, and what it never does. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DesiredProject, DesiredState, MaintenanceWindow } from '../../../core/desired/state.ts';
import { type Download, downloadKey, planDownloads, shareOf } from '../../../core/plan/downloads.ts';
import { lookAgainMs, pullsAllowed, updatesAllowed } from '../../../core/plan/maintenance-window.ts';
import { emptyMemory, type ProjectMemory } from '../../../core/plan/memory.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { neededImages } from '../../../core/plan/service-images.ts';
import { desiredNow } from '../../../core/plan/wishes.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const mib = 1024 * 1024;
const hourMs = 3_600_000;
const image = (letter: string) => `registry.example.com/app@sha256:${letter.repeat(64)}`;
const sizes = { 'linux/amd64': { download: 100 * mib, unpacked: 300 * mib } };

/** Two services; one image is of both releases. */
function release(version: string, letter: string): DesiredProject {
  const services = { app: { image: image(letter) }, db: { image: image('d') } };
  const made = makeProject('shop', { services });
  return { ...made, release: version, requirements: { requires: {}, images: { app: sizes, db: sizes } } };
}
const old = release('1.5.0', 'a');
const coming = release('1.6.0', 'b');
const key = downloadKey('shop', '1.6.0');

interface Case {
  readonly projects?: readonly DesiredProject[];
  readonly settings?: Partial<DesiredState['settings']>;
  readonly next?: DesiredState['next'];
  readonly images?: readonly string[];
  readonly capability?: ObservedState['capability'];
  readonly nowMs?: number;
  readonly seenMs?: number;
  readonly memory?: Partial<ProjectMemory>;
}

const next = [{ app: 'shop', project: 'shop', release: '1.6.0', would: coming, problems: [] }];

/** A device on which 1.5.0 is healthy. */
function device({ projects = [old], settings, images = [], capability, nowMs = 0, ...more }: Case) {
  const made = makeDesired('pump-1', projects);
  const desired = { ...made, next: more.next ?? next, settings: { ...made.settings, ...settings } };
  const { observed, memory } = observedAsApplied(makeDesired('pump-1', [old]), nowMs);
  const there = new Map([...observed.images, ...images.map(name => [name, name] as const)]);
  const downloads = more.seenMs === undefined ? new Map() : new Map([[key, more.seenMs]]);
  return {
    desired,
    observed: { ...observed, images: there, capability: { platform: 'linux/amd64', ...capability } },
    memory: { ...memory, downloads, ...more.memory },
  };
}
const planned = (what: Case): Download => {
  const [found, ...others] = planDownloads(device(what));
  assert.ok(found !== undefined && others.length === 0);
  return found;
};
const brief = ({ state, steps }: Download) => [state, steps.map(step => step.image)];

describe('a release that comes next', () => {
  test('has a pull for each image that is not there, which needs nothing; the plan of what runs is empty', () => {
    const input = device({});
    assert.deepEqual(planDevice(input).steps, []);
    const found = planned({});
    assert.deepEqual(brief(found), ['due', [image('b')]]);
    assert.deepEqual(
      found.steps.map(({ kind, project, service, needs }) => [kind, project, service, needs]),
      [['pull-image', 'shop', 'app', []]],
    );
    assert.deepEqual([found.totalBytes, found.missingBytes], [200 * mib, 100 * mib]);
  });

  test('whose images are there has no pull, and after the switch the plan has none', () => {
    assert.deepEqual(brief(planned({ images: [image('b')] })), ['there', []]);
    const switched = device({ projects: [coming], next: [], images: [image('b')] });
    const { steps } = planDevice(switched);
    assert.ok(steps.length > 0);
    assert.ok(steps.every(({ kind }) => kind !== 'pull-image'));
  });

  test('one whose image is gone again, removed by a person, is pulled again', () => {
    assert.equal(planned({ images: [image('b')] }).state, 'there');
    assert.deepEqual(brief(planned({ seenMs: -hourMs })), ['due', [image('b')]]);
  });

  test('that the disk has no room for is refused, by the sizes in the release, and what runs is not touched', () => {
    const found = planned({ capability: { diskFree: 399 * mib } });
    assert.deepEqual([found.state, found.code], ['refused', 'ENGINE_DISK_FULL']);
    assert.match(found.reason, /^release 1\.6\.0 needs 400 MiB/);
    assert.equal(planned({ capability: { diskFree: 400 * mib } }).state, 'due');
    assert.deepEqual(planDevice(device({ capability: { diskFree: 0 } })).steps, []);
  });

  test('has the room that what is to run, and what comes before it, leaves: together they never fill the disk', () => {
    const also = (app: string, letter: string) => {
      const would = { ...release('2.0.0', letter), app, name: app };
      return { app, project: app, release: '2.0.0', would, problems: [] };
    };
    const two = [also('a', 'b'), also('b', 'c')];
    const states = (diskFree: number, more: Case = {}) =>
      planDownloads(device({ next: two, capability: { diskFree: diskFree * mib }, ...more })).map(
        ({ state, code }) => code ?? state,
      );
    assert.deepEqual(states(800), ['due', 'due']);
    assert.deepEqual(states(799), ['due', 'ENGINE_DISK_FULL']);
    // An update that is to come has its own before both.
    assert.deepEqual(states(1199, { projects: [release('1.5.1', 'e')] }), ['due', 'ENGINE_DISK_FULL']);
    assert.deepEqual(states(1200, { projects: [release('1.5.1', 'e')] }), ['due', 'due']);
    // What they share is counted once.
    assert.deepEqual(states(400, { next: [also('a', 'b'), also('b', 'b')] }), ['due', 'due']);
  });

  test('that asks for a newer agent, or is for another platform, is refused before a byte comes', () => {
    const requirements = { requires: { agent: '9.0' }, images: {} };
    const newer = [{ ...next[0], would: { ...coming, requirements } }] as DesiredState['next'];
    assert.equal(planned({ ...{ next: newer }, capability: { agent: '0.2' } }).code, 'RELEASE_REQUIRES');
    assert.equal(planned({ capability: { platform: 'linux/arm64' } }).code, 'IMAGE_PLATFORM_MISSING');
  });

  test('that cannot be read is refused with its code and place, and harms nothing', () => {
    const problems = [
      {
        code: 'FLEET_RELEASE_WITHDRAWN',
        message: 'is withdrawn: leaks',
        position: { file: 'g.yaml', line: 5 },
      },
    ] as const;
    const broken = [{ app: 'shop', project: 'shop', release: '1.6.0', problems }];
    const found = planned({ next: broken });
    assert.deepEqual(
      [found.state, found.code, found.reason, found.steps],
      ['refused', 'FLEET_RELEASE_WITHDRAWN', 'g.yaml:5 is withdrawn: leaks', []],
    );
    assert.deepEqual(planDevice(device({ next: broken })).steps, []);
  });

  test('waits while the device or the app is paused, or a person holds the device', () => {
    const paused = [{ ...next[0], would: { ...coming, paused: true } }] as DesiredState['next'];
    assert.equal(planned({ settings: { paused: true } }).reason, 'the device is paused');
    assert.equal(planned({ next: paused }).reason, 'the app is paused');
    assert.match(planned({ memory: { holdUntilMs: hourMs } }).reason, /^held on the device until/);
  });

  test('keeps its images from being collected for as long as it is next, and no longer', () => {
    const { desired, memory } = device({});
    assert.ok(neededImages(desired, memory).has(image('b')));
    assert.ok(!neededImages({ ...desired, next: [] }, memory).has(image('b')));
  });

  test('is nothing to a device that leaves', () => {
    const { desired, ...input } = device({});
    assert.deepEqual(planDownloads({ ...input, desired: { ...desired, retired: 'stop' } }), []);
  });
});

describe('the spread over a fleet', () => {
  const settings = { downloadJitterMs: hourMs };
  const beginsMs = shareOf('pump-1', key) * hourMs;

  test('a device begins at its own time after it has first seen the release, restarted or not', () => {
    assert.equal(planned({ settings, seenMs: 0, nowMs: beginsMs - 1 }).state, 'waiting');
    assert.equal(planned({ settings, seenMs: 0, nowMs: beginsMs + 1 }).state, 'due');
    // Not seen before: it is seen now.
    assert.equal(planned({ settings, nowMs: beginsMs + 1 }).state, 'waiting');
    assert.equal(planned({ settings, nowMs: 0 }).againMs, beginsMs);
    assert.match(planned({ settings, nowMs: 0 }).reason, /^its download begins at 1970-01-01T00:/);
  });

  test('0 is at once; a note of a clock that ran ahead keeps nothing waiting for longer than the spread', () => {
    assert.equal(planned({ settings: { downloadJitterMs: 0 } }).state, 'due');
    const found = planned({ settings, seenMs: 1e15, nowMs: 0 });
    assert.deepEqual([found.state, found.sinceMs], ['waiting', 0]);
  });

  test('is even, differs by device and by release, and is the same whenever it is asked', () => {
    const shares = Array.from({ length: 2000 }, (_, index) => shareOf(`pump-${index}`, key));
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const count = shares.filter(share => share >= tenth / 10 && share < (tenth + 1) / 10).length;
      assert.ok(count > 150 && count < 250, `${count} of 2000 in a tenth`);
    }
    assert.equal(shareOf('pump-1', key), shareOf('pump-1', key));
    assert.notEqual(shareOf('pump-1', key), shareOf('pump-1', downloadKey('shop', '1.7.0')));
  });

  test('who stands at the device waits neither for the spread nor for a window', () => {
    const input = device({ settings: { ...settings, windows: [window('0 3 1 1 *')] } });
    const desired = desiredNow(input.desired, { urgent: true, noNewTunnel: false });
    assert.equal(planDownloads({ ...input, desired })[0]?.state, 'due');
  });
});

const window = (start: string, kind?: 'download', durationMs = hourMs): MaintenanceWindow => ({
  ...(kind === undefined ? {} : { kind }),
  ...{ start, durationMs, timeZone: 'UTC' },
});
const at = (time: string) => Date.parse(`2026-03-03T${time}:00Z`);

describe('windows', () => {
  const night = window('0 2 * * *');
  const evening = window('0 20 * * *', 'download');

  /** An update from 1.5.0 to 1.6.0, and 1.7.0 next. */
  const updating = (windows: readonly MaintenanceWindow[], time: string, images: readonly string[] = []) => {
    const later = release('1.7.0', 'c');
    const input = device({
      projects: [coming],
      next: [{ app: 'shop', project: 'shop', release: '1.7.0', would: later, problems: [] }],
      settings: { windows },
      nowMs: at(time),
      images,
    });
    const { steps, skipped } = planDevice(input);
    const pulls = steps.filter(({ kind }) => kind === 'pull-image').length;
    const ahead = planDownloads(input).map(one => `${one.release} ${one.state}`);
    const changes = steps.some(({ kind }) => kind === 'create-container');
    return { pulls, changes, ahead, waits: skipped.map(({ why }) => why) };
  };
  const changed = { pulls: 1, changes: true, ahead: ['1.7.0 due'], waits: [] };
  const still = { pulls: 0, changes: false, waits: ['window'] };

  test('without any, what runs is changed and images come at any time', () => {
    assert.deepEqual(updating([], '12:00'), changed);
  });

  test('for updates alone: as before, all of it is in them, and so is what comes next', () => {
    assert.deepEqual(updating([night], '12:00'), { ...still, ahead: ['1.7.0 waiting'] });
    assert.deepEqual(updating([night], '02:30'), changed);
  });

  test('of both kinds: in one for downloads images come, also of the update, and nothing is changed', () => {
    const both = [night, evening];
    assert.deepEqual(updating(both, '12:00'), { ...still, ahead: ['1.6.0 waiting', '1.7.0 waiting'] });
    assert.deepEqual(updating(both, '20:30'), { ...still, ahead: ['1.6.0 due', '1.7.0 due'] });
    assert.deepEqual(updating(both, '20:30', [image('b')]), {
      ...still,
      ahead: ['1.6.0 there', '1.7.0 due'],
    });
    assert.deepEqual(updating(both, '02:30'), changed);
    assert.deepEqual(updating(both, '02:30', [image('b')]), { ...changed, pulls: 0 });
  });

  test('for downloads alone: images come in them, and what runs is changed as soon as they are there', () => {
    assert.deepEqual(updating([evening], '12:00'), { ...still, ahead: ['1.6.0 waiting', '1.7.0 waiting'] });
    assert.deepEqual(updating([evening], '12:00', [image('b')]), {
      ...changed,
      pulls: 0,
      ahead: ['1.7.0 waiting'],
    });
    assert.deepEqual(updating([evening], '20:30'), changed);
  });

  test('of any kind keep neither a first installation waiting nor the mending of what runs', () => {
    const desired = { ...makeDesired('pump-1', [coming]) };
    const settings = { ...desired.settings, windows: [night, evening] };
    const { observed } = observedAsApplied(makeDesired('pump-1', []), 0);
    const first = planDevice({
      ...{ desired: { ...desired, settings }, observed },
      memory: emptyMemory(at('12:00')),
    });
    assert.equal(first.steps.filter(({ kind }) => kind === 'pull-image').length, 2);
    const { observed: seen, ...input } = device({ settings: { windows: [evening] }, nowMs: at('12:00') });
    const mended = planDevice({ ...input, observed: { ...seen, containers: [], images: new Map() } });
    assert.equal(mended.steps.filter(({ kind }) => kind === 'pull-image').length, 2);
  });

  test('say in words which ones are meant', () => {
    const input = device({ settings: { windows: [night, evening] }, nowMs: at('12:00'), projects: [coming] });
    assert.equal(planDevice(input).skipped[0]?.reason, 'waits for a maintenance window: "0 2 * * *" UTC');
    assert.equal(
      planDownloads(input)[0]?.reason,
      'its download waits for a window: "0 2 * * *" UTC or "0 20 * * *" UTC',
    );
  });

  test('are not entered by a whole fleet at once: each device lets its share of them pass, half at most', () => {
    const windows = [evening];
    const spread = { share: 0.5, overMs: hourMs };
    assert.equal(pullsAllowed(windows, at('20:14'), spread), false);
    assert.equal(pullsAllowed(windows, at('20:15'), spread), true);
    assert.equal(pullsAllowed(windows, at('20:59'), { share: 0.999, overMs: 9 * hourMs }), true);
    assert.equal(pullsAllowed(windows, at('20:00')), true);
    assert.equal(pullsAllowed(windows, at('21:00'), spread), false);
    assert.equal(updatesAllowed(windows, at('12:00')), true);
  });

  test('are looked at again in time: a share that is let pass never lets a whole window pass, however rare passes are', () => {
    const spread = { share: 0.999, overMs: 9 * hourMs };
    for (let minute = 0; minute < 30; minute += 1) {
      let nowMs = at('20:00') + minute * 60_000;
      // It may be looked a minute late.
      while (!pullsAllowed([evening], nowMs, spread))
        nowMs = (lookAgainMs([evening], nowMs, spread) ?? assert.fail('the window is over')) + 60_000;
    }
    assert.equal(lookAgainMs([evening], at('12:00'), spread), undefined);
    const settings = { windows: [evening], downloadJitterMs: hourMs };
    const waiting = planned({ settings, seenMs: 0, nowMs: at('20:00') });
    assert.equal(waiting.state, 'waiting');
    assert.ok((waiting.againMs ?? 0) > at('20:00'));
    assert.equal(planned({ settings, seenMs: 0, nowMs: at('12:00') }).againMs, undefined);
  });
});
