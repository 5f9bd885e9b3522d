/** Bind mounts below what a container could write to: refused, whoever could write there and whenever. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MountModel, VolumeModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { ProjectMemory, ProjectRecord, WrittenPaths } from '../../../core/plan/memory.ts';
import { MountLedger } from '../../../core/plan/mount-ledger.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import type { EngineAllowance } from '../../../schemas/types.generated.ts';

const projects = '/var/lib/towline/projects';
const nothing: WrittenPaths = { projects, paths: new Set(), unknown: [] };

/** A project whose one service mounts these: `source`, or `source:ro`. */
function app(name: string, ...mounts: string[]): DesiredProject {
  const volumes = mounts.map((mount, index): MountModel => {
    const [source = '', mode] = mount.split(':');
    const path = source.startsWith('/') ? source : `/project/${source}`;
    return { type: 'bind', source: path, target: `/t${index}`, read_only: mode === 'ro', bind: {} };
  });
  return makeProject(name, { services: { app: { image: 'app@sha256:1', volumes } } });
}

const empty: ObservedState = observedAsApplied(makeDesired('pump', []), 0).observed;

interface Known {
  readonly written?: Partial<WrittenPaths>;
  readonly records?: Readonly<Record<string, ProjectRecord>>;
  readonly observed?: Partial<ObservedState>;
  readonly engine?: EngineAllowance;
}

function ledger({ written, records = {}, observed, engine = {} }: Known = {}): MountLedger {
  const memory: ProjectMemory = {
    projects: new Map(Object.entries(records)),
    nowMs: 0,
    written: { ...nothing, ...written },
  };
  return new MountLedger({ memory, observed: { ...empty, ...observed }, engine });
}

const wrote = (...paths: string[]): Known => ({ written: { paths: new Set(paths) } });
const data = (path: string, project = 'shop') => `${projects}/${project}/data/${path}`;

describe('a bind mount below a folder that was writable once is refused', () => {
  const refused: readonly (readonly [string, DesiredProject, Known])[] = [
    ['in the data folder', app('shop', 'a/link'), wrote(data('a'))],
    ['far below it', app('shop', 'a/b/c/d'), wrote(data('a'))],
    ['read-only', app('shop', 'a/link:ro'), wrote(data('a'))],
    ['by a detour', app('shop', 'x/../a/./link'), wrote(data('a'))],
    ['below a folder of the device', app('shop', '/srv/a/link'), wrote('/srv/a')],
    ['below one that has another name in /var/run', app('shop', '/var/run/a/link'), wrote('/run/a')],
    ['where all of the device was writable', app('shop', 'a'), wrote('/')],
    ['where the folder of all projects was writable', app('shop', 'a'), wrote('/var/lib')],
    ['where another service of the release may write', app('shop', 'a', 'a/link:ro'), {}],
  ];
  for (const [what, project, known] of refused) {
    test(what, () => {
      assert.match(ledger(known).claim(project) ?? '', /engine\.privileged/);
      assert.equal(ledger({ ...known, engine: { privileged: true } }).claim(project), undefined);
    });
  }

  test('where another app may write, in the same pass', () => {
    const both = ledger();
    assert.equal(both.claim(app('a', '/srv/a')), undefined);
    assert.match(both.claim(app('b', '/srv/a/link')) ?? '', /engine\.privileged/);
  });

  test('as a volume that binds it, and as one that is there already under another definition', () => {
    const volume = (device: string): VolumeModel => ({ driver_opts: { type: 'none', o: 'bind', device } });
    const mount: MountModel = { type: 'volume', source: 'v', target: '/v', volume: {} };
    const make = (device: string) =>
      makeProject('shop', {
        services: { app: { image: 'app@sha256:1', volumes: [mount] } },
        volumes: { v: volume(device) },
      });
    assert.match(ledger(wrote(data('a'))).claim(make('/project/a/link')) ?? '', /engine\.privileged/);
    const made = { driver: 'local', options: { type: 'none', o: 'bind', device: data('a/link') } };
    const observed = { volumes: [{ name: 'shop_v', made, owner: undefined }] };
    assert.match(
      ledger({ ...wrote(data('a')), observed }).claim(make('/project/b')) ?? '',
      /engine\.privileged/,
    );
  });
});

describe('what is not known counts as writable', () => {
  test('below a data folder whose history is lost, but not the folders right in it', () => {
    const known = { written: { unknown: ['/', `${projects}/shop/data`] } };
    assert.match(ledger(known).claim(app('shop', 'a/b')) ?? '', /engine\.privileged/);
    assert.equal(ledger(known).claim(app('shop', 'a')), undefined);
    assert.equal(ledger(known).claim(app('new', 'a/b')), undefined);
  });

  test('below a folder of the device, but not that folder itself', () => {
    const known = { written: { unknown: ['/'] }, engine: { bindRoots: ['/srv/own'] } };
    assert.match(ledger(known).claim(app('shop', '/srv/own/a')) ?? '', /engine\.privileged/);
    assert.equal(ledger(known).claim(app('shop', '/srv/own')), undefined);
  });
});

describe('nothing is made writable above what is mounted', () => {
  const refused: readonly (readonly [string, Known])[] = [
    ['by the release that would be gone back to', { records: { shop: { lastGood: app('shop', 'a/b') } } }],
    [
      'by a container of a release that failed here',
      {
        observed: {
          containers: observedAsApplied(makeDesired('pump', [app('shop')]), 0).observed.containers.map(
            one => ({
              ...one,
              mounts: { paths: [data('a/b')], volumes: [] },
            }),
          ),
        },
      },
    ],
  ];
  for (const [what, known] of refused) {
    test(what, () => assert.match(ledger(known).claim(app('shop', 'a')) ?? '', /engine\.privileged/));
  }

  test('by another app', () => {
    const known = { records: { other: { lastGood: app('other', '/srv/a/b') } } };
    assert.match(ledger(known).claim(app('shop', '/srv/a')) ?? '', /engine\.privileged/);
    assert.equal(ledger(known).claim(app('shop', '/srv/a:ro')), undefined);
  });

  test('by the app itself: the folder that all its data lies in', () => {
    assert.match(ledger().claim(app('shop', '')) ?? '', /engine\.privileged/);
  });
});

describe("the agent's own folders and the engine's socket are no app's", () => {
  const own = { own: ['/var/lib/towline', '/run/towline'], socket: '/srv/engine/own.sock' };
  const refused = [
    '/var/lib',
    '/var/lib:ro',
    '/var/lib/towline',
    '/var/lib/towline/keys:ro',
    `${projects}/bank/data/db`,
    '/run/towline/shop:ro',
    '/var/run/towline:ro',
    '/srv/engine:ro',
    '/',
  ];
  for (const mount of refused) {
    test(`${mount} is not mounted, whatever bindRoots says`, () => {
      const engine = { bindRoots: ['/', '/var/lib', '/run', '/srv'] };
      const known = { written: own, engine };
      assert.match(ledger(known).claim(app('shop', mount)) ?? '', /own|engine's socket/);
      assert.equal(
        ledger({ ...known, engine: { ...engine, privileged: true } }).claim(app('shop', mount)),
        undefined,
      );
    });
  }

  test('all of the device may be looked at where bindRoots names `/` itself', () => {
    const known = { written: own, engine: { bindRoots: ['/'], engineSocket: true } };
    assert.equal(ledger(known).claim(app('exporter', '/:ro')), undefined);
  });

  test('the socket may be mounted with its key; the app has its own data', () => {
    const known = { written: own, engine: { bindRoots: ['/srv'], engineSocket: true } };
    assert.equal(ledger(known).claim(app('shop', '/srv/engine/own.sock', 'a')), undefined);
  });
});

test('ordinary mounts are taken, again and again', () => {
  const known = wrote(data('a'), data('b'), '/srv/x');
  const project = app('shop', 'a', 'b:ro', 'c', '/srv/x', '/srv/y');
  assert.equal(ledger({ ...known, records: { shop: { lastGood: project } } }).claim(project), undefined);
  assert.equal(ledger(known).claim(app('shop', 'ab/c', 'a-link')), undefined);
});

test('a refusal stops the update: what runs is left as it is, and mended as it was', () => {
  const [first, second] = [app('shop', 'a'), app('shop', 'a/link')];
  const applied = observedAsApplied(makeDesired('pump', [first]), 0);
  const memory = { ...applied.memory, written: { ...nothing, paths: new Set([data('a')]) } };
  const desired = makeDesired('pump', [second]);
  const quiet = planDevice({ desired, observed: applied.observed, memory });
  assert.deepEqual(quiet.steps, []);
  assert.deepEqual(
    quiet.skipped.map(({ why, code }) => [why, code]),
    [['conflict', 'COMPOSE_BIND_REFUSED']],
  );
  const gone = planDevice({ desired, observed: { ...applied.observed, containers: [] }, memory });
  assert.equal(gone.targets.get('shop')?.digest, first.digest);
  assert.ok(gone.steps.some(({ kind }) => kind === 'create-container'));
  const allowed = { ...desired, engine: { privileged: true } };
  assert.equal(planDevice({ desired: allowed, observed: applied.observed, memory }).skipped.length, 0);
});
