/** Several generated projects on an engine on paper, which take ports and names from each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { containerName } from '../../../core/desired/container-name.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { hostPorts } from '../../../core/plan/container/ports.ts';
import { planDevice, planFingerprint, stepsOf } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { ModelEngine } from './model-engine.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);

const arbitraryService = fc.record({
  present: fc.boolean(),
  level: fc.constantFrom('info', 'debug'),
  port: fc.constantFrom('', '8001', '8002', '8003'),
  named: fc.constantFrom('', '', 'one', 'two'),
});

const arbitraryApp = fc.record({
  present: fc.integer({ min: 0, max: 3 }).map(value => value > 0),
  paused: fc.integer({ min: 0, max: 3 }).map(value => value === 0),
  services: fc.array(arbitraryService, { minLength: 2, maxLength: 2 }),
  strategy: fc.constantFrom(
    'recreate' as const,
    'stop-first' as const,
    'handover' as const,
    'rolling' as const,
  ),
});

const arbitraryFleet = fc.array(arbitraryApp, { minLength: 3, maxLength: 3 });
type Apps = typeof arbitraryFleet extends fc.Arbitrary<infer Value> ? Value : never;

/** @param alone whether no two services want the same: what is taken is left out */
function projectsOf(apps: Apps, alone: boolean): DesiredProject[] {
  const taken = new Set<string>();
  return apps.flatMap((app, index) => {
    if (!app.present) return [];
    const own = new Set<string>();
    const free = (name: string) => {
      const known = alone ? taken : own;
      if (name === '' || known.has(name)) return false;
      known.add(name);
      return true;
    };
    const services: Services = {};
    for (const [number, one] of app.services.entries()) {
      if (!one.present && number > 0) continue;
      services['ab'[number] ?? ''] = {
        image: 'image:1',
        restart: 'always',
        environment: { LEVEL: one.level },
        ...(free(one.port) ? { ports: [{ target: 80, published: one.port, protocol: 'tcp' }] } : {}),
        ...(free(one.named) ? { container_name: one.named } : {}),
      };
    }
    const project = makeProject(`app${index}`, { services, update: { strategy: app.strategy } });
    return [{ ...project, paused: app.paused }];
  });
}

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const released = (projects: readonly DesiredProject[]) =>
  projects.map(project => ({ ...project, paused: false }));

/** One minute on the first of June. */
const windows = [{ start: '0 3 1 6 *', durationMs: 60_000, timeZone: 'UTC' }];

function planOn(engine: ModelEngine, projects: readonly DesiredProject[], shut: boolean) {
  const present = engine.observed().containers.map(({ project }) => project);
  engine.forgetExcept(new Set([...present, ...projects.map(({ name }) => name)]));
  const state = makeDesired('pump', projects);
  const desired = shut ? { ...state, settings: { ...state.settings, windows } } : state;
  return planDevice({ desired, observed: engine.observed(), memory: engine.memory(nowMs) });
}

/** Passes until nothing is left to do; what ran of a project that is not touched runs on. @returns the last plan */
function settle(engine: ModelEngine, projects: readonly DesiredProject[], shut = false) {
  for (let pass = 0; pass < 6; pass++) {
    const plan = planOn(engine, projects, shut);
    if (plan.steps.length === 0) return plan;
    const kept = engine.observed().containers.filter(({ project }) => !plan.targets.has(project));
    const wanted = new Set(projects.map(({ name }) => name));
    engine.run(plan);
    const left = new Map(engine.observed().containers.map(container => [container.id, container.state]));
    for (const { id, name, project, state } of kept) {
      if (wanted.has(project))
        assert.equal(left.get(id), state, `${name} of ${project} was to be left alone`);
    }
  }
  return assert.fail('passes without end');
}

function assertRuns(engine: ModelEngine, project: DesiredProject): void {
  const running = engine.observed().containers.filter(({ state }) => state === 'running');
  for (const service of Object.keys(project.model.services)) {
    const name = containerName(project.model, service, 1);
    const container = running.find(one => one.name === name && one.project === project.name);
    assert.ok(container !== undefined, `${name} of ${project.name} runs`);
    assert.deepEqual(container.ports, hostPorts(project.model.services[service] ?? {}));
  }
}

const cuts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 2 });

test('property: apps that trade ports and names while some are paused or windows are shut settle, and all have theirs in the end', () => {
  fc.assert(
    fc.property(
      arbitraryFleet,
      arbitraryFleet,
      cuts,
      fc.boolean(),
      fc.integer(),
      (first, second, cut, shut, seed) => {
        const engine = new ModelEngine(randomOf(seed));
        settle(engine, released(projectsOf(first, true)));
        const projects = projectsOf(second, true);
        for (const most of cut) engine.run(planOn(engine, projects, shut), most);
        settle(engine, projects, shut);
        const plan = settle(engine, released(projects));
        assert.deepEqual(plan.skipped, []);
        for (const project of projects) assertRuns(engine, project);
      },
    ),
    { numRuns: 500 },
  );
});

test('property: apps that want the same settle too: what runs stays, and who is in the way of whom is said', () => {
  fc.assert(
    fc.property(arbitraryFleet, arbitraryFleet, fc.integer(), (first, second, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      settle(engine, projectsOf(first, false));
      const projects = released(projectsOf(second, false));
      const plan = settle(engine, projects);
      const waiting = new Set(plan.skipped.map(({ project }) => project));
      if (waiting.size > 0) assert.ok(plan.skipped.some(({ why }) => why === 'conflict'));
      for (const project of projects) if (!waiting.has(project.name)) assertRuns(engine, project);
      for (const { code } of plan.skipped)
        assert.match(code ?? '', /^ENGINE_(NAME_TAKEN|PORT_TAKEN|OTHER_PROJECT)$/);
    }),
    { numRuns: 500 },
  );
});

test('two apps make a network of one name: the second says so, and who has it keeps it', () => {
  const make = (name: string) =>
    makeProject(name, {
      services: { a: { image: 'image:1', networks: { front: null } } },
      networks: { front: { name: 'front' } },
    });
  const projects = [make('app0'), make('app1')];
  for (const [first, second] of [projects, [...projects].reverse()] as DesiredProject[][]) {
    assert.ok(first !== undefined && second !== undefined);
    const engine = new ModelEngine(randomOf(0));
    if (first.name === 'app1') settle(engine, [first]);
    const { skipped } = settle(engine, projects);
    assert.deepEqual(
      skipped.map(({ project, code }) => [project, code]),
      [[second.name, 'ENGINE_NAME_TAKEN']],
    );
    assertRuns(engine, first);
  }
});

test('an app that is left alone, because its steps lead nowhere, holds its port: who needs it waits', () => {
  const make = (name: string, published: string) =>
    makeProject(name, {
      services: {
        a: {
          image: 'image:1',
          ...(published === '' ? {} : { ports: [{ target: 80, published, protocol: 'tcp' }] }),
        },
      },
    });
  const engine = new ModelEngine(randomOf(0));
  settle(engine, [make('app0', '8001'), make('app1', '')]);
  const projects = [make('app0', ''), make('app1', '8001')];
  const desired = makeDesired('pump', projects);
  const observed = engine.observed();
  const { projects: records } = engine.memory(nowMs);
  const { steps } = planOn(engine, projects, false);
  const loop = {
    digest: projects[0]?.digest ?? '',
    fingerprint: planFingerprint(stepsOf(steps, 'app0')),
    count: 1,
    nextMs: nowMs + 60_000,
  };
  const memory = { projects: new Map([...records, ['app0', { ...records.get('app0'), loop }]]), nowMs };
  const plan = planDevice({ desired, observed, memory });
  assert.deepEqual(plan.steps, []);
  assert.deepEqual(
    plan.skipped.map(({ project, why }) => [project, why]),
    [
      ['app0', 'loop'],
      ['app1', 'other-project'],
    ],
  );
});
