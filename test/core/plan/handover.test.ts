/** Services that take over while their predecessors serve. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { ObservedContainer } from '../../../core/plan/observed.ts';
import { planDevice, planFingerprint } from '../../../core/plan/plan.ts';
import type { Step } from '../../../core/plan/step.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { app, nowMs, planOn, web } from './gapless-app.ts';
import { randomOf } from './generated-projects.ts';
import { ModelEngine } from './model-engine.ts';

/** The steps of an update, by what they do to which container. */
function stepsFrom(before: DesiredProject, after: DesiredProject): string[] {
  const engine = new ModelEngine(randomOf(1));
  engine.run(planOn(engine, before));
  return planOn(engine, after)
    .steps.filter(({ kind }) => kind !== 'pull-image')
    .map(step => [step.kind, 'number' in step ? String(step.number) : ''].filter(Boolean).join(' '));
}

const takesOver = (number: number) => [
  `create-container ${number}`,
  `start-container ${number}`,
  `wait-ready ${number}`,
  `take-names ${number}`,
  `wait-ready ${number}`,
  `take-restart ${number}`,
  'stop-container',
  'remove-container',
  `rename-container ${number}`,
];

describe('a service that is handed over', () => {
  test('is stopped only when its successor has been well, has the names, and has been well again', () => {
    const steps = stepsFrom(app({ web: web('1') }), app({ web: web('2') }));
    assert.deepEqual(steps, [...takesOver(1), 'wait-healthy']);
  });

  test('with several containers goes one after the other', () => {
    const steps = stepsFrom(app({ web: web('1', { scale: 2 }) }), app({ web: web('2', { scale: 2 }) }));
    assert.deepEqual(steps, [...takesOver(1), ...takesOver(2), 'wait-healthy']);
  });

  test('is replaced as ever where the app does not name it, where nothing of it runs, and with volumes of its image', () => {
    const engine = new ModelEngine(randomOf(1));
    const services = (tag: string) => ({ web: web(tag), db: web(tag) });
    engine.run(planOn(engine, app(services('1'), { services: ['web'] })));
    const after = app(services('2'), { services: ['web'] });
    const created = (steps: readonly Step[]) =>
      steps.flatMap(step =>
        step.kind === 'create-container' ? [`${step.service} ${step.beside === true}: ${step.reason}`] : [],
      );
    assert.deepEqual(created(planOn(engine, after).steps), [
      'db false: image changed: 1 → 2',
      'web true: image changed: 1 → 2',
    ]);
    const observed = engine.observed();
    const plan = (change: object) =>
      planDevice({
        desired: makeDesired('pump', [after]),
        observed: { ...observed, containers: observed.containers.map(one => ({ ...one, ...change })) },
        memory: engine.memory(nowMs),
      }).steps;
    assert.ok(created(plan({ state: 'exited', exitCode: 1 })).every(line => line.includes(' false: ')));
    const mounts = { paths: [], volumes: [], holdsAnonymous: true };
    assert.ok(
      created(plan({ mounts })).includes(
        'web false: image changed: 1 → 2; not handed over: it has volumes without a name, which go from one container to the next',
      ),
    );
  });

  test('its dependents with `restart: true` stop when the new one has settled, and start when it has its name', () => {
    const services = (tag: string) => ({
      web: web(tag),
      log: web('1', { depends_on: { web: { condition: 'service_started', required: true, restart: true } } }),
    });
    const engine = new ModelEngine(randomOf(1));
    engine.run(planOn(engine, app(services('1'))));
    const { steps } = planOn(engine, app(services('2')));
    const at = (kind: Step['kind'], service: string) =>
      steps.findIndex(step => step.kind === kind && 'service' in step && step.service === service);
    const settled = steps.findIndex(step => step.kind === 'wait-ready' && step.settled);
    assert.deepEqual(steps[at('stop-container', 'log')]?.needs, [settled]);
    assert.ok(steps[at('start-container', 'log')]?.needs.includes(at('rename-container', 'web')));
  });
});

test('property: cut off anywhere and any number of times, somebody serves at each step, and in the end one', () => {
  const change = fc.record({
    tags: fc.array(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 4 }),
    cuts: fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 4, maxLength: 4 }),
    scale: fc.integer({ min: 1, max: 2 }),
    restart: fc.constantFrom('no', 'always'),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(change, ({ tags, cuts, scale, restart, seed }) => {
      const make = (tag: string) =>
        app({
          db: web('1'),
          web: web(tag, {
            scale,
            restart,
            depends_on: { db: { condition: 'service_started', required: true, restart: false } },
          }),
        });
      const engine = new ModelEngine(randomOf(seed));
      engine.run(planOn(engine, make('0')));
      const serves = ({ kind }: Step) => assert.ok(engine.serving('web') >= scale, `none after ${kind}`);
      for (const [index, tag] of tags.entries()) engine.run(planOn(engine, make(tag)), cuts[index], serves);
      const last = make(tags.at(-1) ?? '');
      engine.run(planOn(engine, last), undefined, serves);
      assert.deepEqual(planOn(engine, last).steps, []);
      assert.equal(engine.serving('web'), scale);
      assert.equal(engine.size, scale + 1);
    }),
    { numRuns: 500 },
  );
});

test('on the way back, one that does not serve is replaced at once, and one that is well is handed over', () => {
  const engine = new ModelEngine(randomOf(1));
  engine.run(planOn(engine, app({ web: web('1') })));
  const before = engine.memory(nowMs);
  engine.run(planOn(engine, app({ web: web('2') })));
  const observed = engine.observed();
  const beside = (tag: string, health: ObservedContainer['health']) =>
    planDevice({
      desired: makeDesired('pump', [app({ web: web(tag) })]),
      observed: { ...observed, containers: observed.containers.map(one => ({ ...one, health })) },
      memory: before,
    }).steps.some(step => step.kind === 'create-container' && step.beside === true);
  assert.deepEqual(
    [beside('1', 'unhealthy'), beside('1', 'healthy'), beside('3', 'unhealthy')],
    [false, true, true],
  );
});

test('one that is stopped for the backup is replaced, and the reason says so', () => {
  const engine = new ModelEngine(randomOf(1));
  const make = (tag: string) => ({
    ...makeProject('shop', {
      services: {
        web: web(tag, {
          volumes: [{ type: 'volume', source: 'data', target: '/data', read_only: true, volume: {} }],
        }),
      },
      volumes: { data: {} },
      update: { strategy: 'handover' },
    }),
    backup: {
      volumes: ['data'],
      mode: 'stop' as const,
      beforeUpgrade: true,
      keep: { number: 3 },
      required: true,
      timeoutMs: 60_000,
      onRollback: 'keep' as const,
    },
  });
  engine.run(planOn(engine, make('1')));
  const created = planOn(engine, make('2')).steps.find(step => step.kind === 'create-container');
  assert.match(created?.reason ?? '', /not handed over: it is stopped for the backup$/);
});

describe('beside an heir that has the names', () => {
  /** Cut off after so many steps. */
  function cutOff(most: number, restart: string) {
    const engine = new ModelEngine(randomOf(1));
    const make = (tag: string) => app({ web: web(tag, { restart }) });
    engine.run(planOn(engine, make('1')));
    engine.run(planOn(engine, make('2')), most);
    const stopped = (starting: readonly string[] = [], oldName = 'shop-web-1') => {
      const memory = engine.memory(nowMs);
      const seen = engine.observed();
      const rename = (name: string) => (name === 'shop-web-1' ? oldName : name);
      const containers = seen.containers.map(one => ({ ...one, name: rename(one.name) }));
      const projects = new Map([...memory.projects].map(([name, record]) => [name, { ...record, starting }]));
      const desired = makeDesired('pump', [make('2')]);
      const observed = { ...seen, containers };
      const { steps } = planDevice({ desired, observed, memory: { ...memory, projects } });
      const first = steps.find(step => step.kind === 'stop-container');
      return engine.observed().containers.find(({ id }) => id === first?.container)?.image;
    };
    return { engine, stopped };
  }

  test('the old one is not the one that goes, as long as the heir was not well under them', () => {
    assert.equal(cutOff(5, 'always').stopped(), 'image:2');
    assert.equal(cutOff(5, 'no').stopped(), 'image:2');
    // Of docker compose 1, or renamed by somebody.
    assert.equal(cutOff(5, 'always').stopped([], 'shop_web_1'), 'image:2');
    assert.equal(cutOff(7, 'always').stopped([], 'shop_web_1'), 'image:1');
  });

  test('it goes where the heir starts with the engine in its place, or where its stop was begun', () => {
    assert.equal(cutOff(7, 'always').stopped(), 'image:1');
    const { engine, stopped } = cutOff(7, 'no');
    assert.equal(stopped(), 'image:2');
    const old = engine.observed().containers.find(({ image }) => image === 'image:1');
    assert.equal(stopped([old?.id ?? '']), 'image:1');
  });
});

test('property: after a power cut at any step, and at any step of the pass after it, one comes back, not two', () => {
  const cuts = fc.tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 14 }));
  fc.assert(
    fc.property(cuts, fc.constantFrom('2', '3'), fc.integer(), ([first, second], tag, seed) => {
      const engine = new ModelEngine(randomOf(seed));
      engine.run(planOn(engine, app({ web: web('1') })));
      engine.run(planOn(engine, app({ web: web('2') })), first);
      engine.powerCut();
      assert.equal(engine.serving('web'), 1);
      const last = app({ web: web(tag) });
      engine.run(planOn(engine, last), second, () => assert.ok(engine.serving('web') > 0));
      engine.powerCut();
      assert.equal(engine.serving('web'), 1);
      engine.run(planOn(engine, last));
      assert.deepEqual(planOn(engine, last).steps, []);
      assert.equal(engine.size, 1);
    }),
    { numRuns: 200 },
  );
});

test('what is handed over twice is the same plan: a loop is seen', () => {
  const engine = new ModelEngine(randomOf(1));
  engine.run(planOn(engine, app({ web: web('1') })));
  const again = new ModelEngine(randomOf(2));
  again.run(planOn(again, app({ db: web('1'), web: web('1') })));
  again.run(planOn(again, app({ web: web('1') })));
  const after = app({ web: web('2') });
  assert.equal(planFingerprint(planOn(engine, after).steps), planFingerprint(planOn(again, after).steps));
});
