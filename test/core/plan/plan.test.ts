import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DesiredState } from '../../../core/desired/state.ts';
import { explainPlan } from '../../../core/plan/explain-plan.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice, planWhole } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject, type ProjectInput, type Services } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);

function planBetween(before: DesiredState, after: DesiredState) {
  return planWhole({ desired: after, ...observedAsApplied(before, nowMs) });
}

function desired(input: ProjectInput, change: Partial<DesiredState> = {}): DesiredState {
  return { ...makeDesired('pump', [makeProject('shop', input)]), ...change };
}

const services = (web: Services[string]): ProjectInput => ({ services: { web, db: { image: 'db:1' } } });

function reasons(before: ProjectInput, after: ProjectInput): string[] {
  const { steps } = planBetween(desired(before), desired(after));
  return steps.flatMap(({ kind, reason }) => (kind === 'create-container' ? [reason] : []));
}

test('nothing is planned for what is there already', () => {
  const state = desired(
    services({ image: 'web:1', ports: [{ target: 80, published: '8080', protocol: 'tcp' }] }),
  );
  assert.deepEqual(planBetween(state, state).steps, []);
  assert.deepEqual(explainPlan(planBetween(state, state)), ['nothing to do']);
});

test('a change is named: image, environment, config, label, limits', () => {
  assert.deepEqual(reasons(services({ image: 'web:1.4.2' }), services({ image: 'web:1.5.0' })), [
    'image changed: 1.4.2 → 1.5.0',
  ]);
  const level = (value: string) => services({ image: 'web:1', environment: { LOG_LEVEL: value } });
  assert.deepEqual(reasons(level('info'), level('debug')), ['environment LOG_LEVEL changed']);
  const config = (content: string): ProjectInput => ({
    ...services({ image: 'web:1', configs: [{ source: 'nginx.conf' }] }),
    configs: { 'nginx.conf': { content } },
  });
  assert.deepEqual(reasons(config('a'), config('b')), ['config file nginx.conf changed']);
  assert.deepEqual(reasons(services({ image: 'web:1' }), services({ image: 'web:1', labels: { a: 'b' } })), [
    'label a added',
  ]);
  assert.deepEqual(
    reasons(services({ image: 'web:1', mem_limit: '1' }), services({ image: 'web:1', mem_limit: '2' })),
    ['mem_limit changed'],
  );
});

test('an image that is pinned is named by its tag, and another tag on the same digest changes nothing', () => {
  const digest = (letter: string) => `repo/web@sha256:${letter.repeat(64)}`;
  const pinned = (letter: string, tag: string) =>
    services({ image: digest(letter), labels: { 'io.towline.image': `repo/web:${tag}` } });
  assert.deepEqual(reasons(pinned('a', '1.4.2'), pinned('b', '1.5.0')), ['image changed: 1.4.2 → 1.5.0']);
  assert.deepEqual(reasons(pinned('a', '1.4.2'), pinned('a', 'latest')), []);
});

test('what a plan says in a pull request', () => {
  const before = desired(services({ image: 'web:1' }));
  const after = desired({ services: { web: { image: 'web:2' } } });
  assert.deepEqual(explainPlan(planBetween(before, after)), [
    'shop:',
    '  pull web:2',
    '  db — service db was removed',
    '  web — image changed: 1 → 2',
  ]);
});

test('each service is told once, with all that changes it', () => {
  const project = (content: string, internal: boolean): ProjectInput => ({
    ...services({ image: 'web:1', configs: [{ source: 'nginx.conf' }], networks: { front: null } }),
    configs: { 'nginx.conf': { content } },
    networks: { front: { internal } },
  });
  const lines = explainPlan(planBetween(desired(project('a', false)), desired(project('b', true))));
  const web = lines.filter(line => line.startsWith('  web — '));
  assert.equal(web.length, 1, lines.join('\n'));
  assert.match(
    web[0] ?? '',
    /network \S*front is defined otherwise now.*; .*config file nginx\.conf changed/,
  );
});

test('all images are there before anything stops, in both strategies', () => {
  for (const strategy of ['recreate', 'stop-first'] as const) {
    const make = (tag: string): ProjectInput => ({
      services: { web: { image: `web:${tag}` }, db: { image: `db:${tag}` } },
      update: { strategy },
    });
    const { steps } = planBetween(desired(make('1')), desired(make('2')));
    const pulls = steps.flatMap(({ kind }, index) => (kind === 'pull-image' ? [index] : []));
    const reaches = (index: number): number[] =>
      (steps[index]?.needs ?? []).flatMap(need => [need, ...reaches(need)]);
    assert.equal(pulls.length, 2);
    for (const [index, { kind }] of steps.entries()) {
      if (kind === 'stop-container') assert.ok(pulls.every(pull => reaches(index).includes(pull)));
    }
  }
});

test('with stop-first every service that changes stops before any starts', () => {
  const make = (tag: string): ProjectInput => ({
    services: {
      web: { image: `web:${tag}`, depends_on: { db: { condition: 'service_started', required: true } } },
      db: { image: `db:${tag}` },
    },
    update: { strategy: 'stop-first' },
  });
  const { steps } = planBetween(desired(make('1')), desired(make('2')));
  const order = steps.flatMap(step =>
    step.kind === 'stop-container' || step.kind === 'start-container' ? [`${step.kind} ${step.service}`] : [],
  );
  assert.deepEqual(order, [
    'stop-container web',
    'stop-container db',
    'start-container db',
    'start-container web',
  ]);
});

test('a paused device, a paused app and a hold touch nothing and say so', () => {
  const before = desired(services({ image: 'web:1' }));
  const after = desired(services({ image: 'web:2' }));
  const paused = { ...after, settings: { ...after.settings, paused: true } };
  assert.deepEqual(planBetween(before, paused).steps, []);
  assert.equal(planBetween(before, paused).skipped[0]?.why, 'paused');
  const app = { ...after, projects: after.projects.map(project => ({ ...project, paused: true })) };
  assert.deepEqual(planBetween(before, app).steps, []);
  const { observed, memory } = observedAsApplied(before, nowMs);
  const held = planDevice({ desired: after, observed, memory: { ...memory, holdUntilMs: nowMs + 1 } });
  assert.equal(held.skipped[0]?.why, 'held');
});

test('outside its maintenance window an update waits, and drift from the last good state is mended', () => {
  const before = desired(services({ image: 'web:1', restart: 'always' }));
  const windows = [{ start: '0 2 * * *', durationMs: 2 * 3_600_000, timeZone: 'Europe/Vienna' }];
  const changed = desired(services({ image: 'web:2', restart: 'always' }));
  const after = { ...changed, settings: { ...changed.settings, windows } };
  const { observed, memory } = observedAsApplied(before, nowMs);
  const stopped = {
    ...observed,
    containers: observed.containers.map(one => ({ ...one, state: 'exited' as const, exitCode: 137 })),
  };
  const plan = planDevice({ desired: after, observed: stopped, memory });
  assert.equal(plan.skipped[0]?.why, 'window');
  assert.ok(plan.steps.some(({ kind }) => kind === 'start-container'));
  assert.ok(!plan.steps.some(({ kind }) => kind === 'create-container'));
  // 02:30 in Vienna is 01:30 UTC in winter.
  const night = { ...memory, nowMs: Date.UTC(2026, 0, 6, 1, 30) };
  assert.deepEqual(planDevice({ desired: after, observed, memory: night }).skipped, []);
});

test('an app that the commit does not name any more goes within a window, and not while a person holds the device', () => {
  const before = desired(services({ image: 'web:1' }));
  const after = { ...before, projects: [] };
  const { observed, memory } = observedAsApplied(before, nowMs);
  const whys = (state: DesiredState, holdUntilMs?: number) => {
    const held = holdUntilMs === undefined ? {} : { holdUntilMs };
    const plan = planDevice({ desired: state, observed, memory: { ...memory, ...held } });
    return [plan.steps.length > 0, ...plan.skipped.map(({ why }) => why)];
  };
  const windows = [{ start: '0 2 * * sun', durationMs: 3_600_000, timeZone: 'UTC' }];
  assert.deepEqual(whys(after), [true]);
  assert.deepEqual(whys(after, nowMs + 1), [false, 'held']);
  assert.deepEqual(whys({ ...after, settings: { ...after.settings, paused: true } }), [false, 'paused']);
  assert.deepEqual(whys({ ...after, settings: { ...after.settings, windows } }), [false, 'window']);
});

test('a pause before the next try is kept; one that a clock put right since makes endless is not', () => {
  const state = desired(services({ image: 'web:1' }));
  const project = state.projects[0];
  assert.ok(project !== undefined);
  const { observed } = observedAsApplied({ ...state, projects: [] }, nowMs);
  const whys = (nextMs: number) => {
    const attempts = { digest: project.digest, count: 9, nextMs, code: 'ENGINE_PULL_TIMEOUT', message: '' };
    const memory = { projects: new Map([['shop', { attempts }]]), nowMs };
    return planDevice({ desired: state, observed, memory }).skipped.map(({ why }) => why);
  };
  assert.deepEqual(whys(nowMs + 3_600_000), ['backoff']);
  assert.deepEqual(whys(nowMs), []);
  assert.deepEqual(whys(Date.UTC(2037, 0, 1)), []);
});

test('what ended with 0 is done, unless restart or deploy.restart_policy wants it up always', () => {
  const steps = (policy: Services[string]) => {
    const state = desired({ services: { web: { image: 'web:1', ...policy } } });
    const { observed, memory } = observedAsApplied(state, nowMs);
    const containers = observed.containers.map(one => ({ ...one, state: 'exited' as const, exitCode: 0 }));
    return planDevice({ desired: state, observed: { ...observed, containers }, memory }).steps.map(
      ({ kind }) => kind,
    );
  };
  const deploy = (condition: string) => ({ deploy: { restart_policy: { condition } } });
  const again = ['start-container', 'wait-healthy'];
  for (const policy of [
    {},
    { restart: 'no' },
    { restart: 'on-failure:3' },
    deploy('none'),
    deploy('on-failure'),
  ]) {
    assert.deepEqual(steps(policy), [], JSON.stringify(policy));
  }
  for (const policy of [
    { restart: 'always' },
    { restart: 'unless-stopped' },
    deploy('any'),
    deploy('unless-stopped'),
  ]) {
    assert.deepEqual(steps(policy), again, JSON.stringify(policy));
  }
});

test('a digest that was set aside is not planned again; another one is', () => {
  const before = desired(services({ image: 'web:1' }));
  const after = desired(services({ image: 'web:2' }));
  const { observed, memory } = observedAsApplied(before, nowMs);
  const [good, bad] = [before.projects[0], after.projects[0]];
  assert.ok(good !== undefined && bad !== undefined);
  const setAside = {
    digest: bad.digest,
    code: 'ENGINE_NOT_HEALTHY',
    message: 'web is unhealthy',
    atMs: nowMs,
  };
  const remembered = { ...memory, projects: new Map([['shop', { lastGood: good, setAside }]]) };
  const plan = planDevice({ desired: after, observed, memory: remembered });
  assert.deepEqual(plan.steps, []);
  assert.equal(plan.skipped[0]?.why, 'set-aside');
  const next = desired(services({ image: 'web:3' }));
  assert.ok(planDevice({ desired: next, observed, memory: remembered }).steps.length > 0);
});

test('a last good state that the present policy refuses is not made again; what runs of it stays', () => {
  const before = desired(services({ image: 'web:1', privileged: true }));
  const after = desired(services({ image: 'web:2' }));
  const { observed, memory } = observedAsApplied(before, nowMs);
  const [good, bad] = [before.projects[0], after.projects[0]];
  assert.ok(good !== undefined && bad !== undefined);
  const setAside = { digest: bad.digest, code: 'ENGINE_NOT_HEALTHY', message: 'unhealthy', atMs: nowMs };
  const remembered = { ...memory, projects: new Map([['shop', { lastGood: good, setAside }]]) };
  const gone = { ...observed, containers: [] };
  const plan = planDevice({ desired: after, observed: gone, memory: remembered });
  assert.deepEqual(plan.steps, []);
  const refusal = plan.skipped.find(({ why }) => why === 'conflict');
  assert.equal(refusal?.code, 'COMPOSE_POLICY_REFUSED');
  assert.match(refusal?.reason ?? '', /engine\.privileged/);
  assert.deepEqual(planDevice({ desired: after, observed, memory: remembered }).steps, []);
  const allowed = { ...after, engine: { privileged: true } };
  assert.ok(planDevice({ desired: allowed, observed: gone, memory: remembered }).steps.length > 0);
});

test('a tunnel opens, follows a change, closes, and does not open again once its time is over', () => {
  const closed = desired(services({ image: 'web:1' }));
  const tunnel = {
    state: 'open',
    maxDurationMs: 3_600_000,
    targets: [{ name: 'ssh', host: 'localhost', port: 22 }],
  } as const;
  const open = { ...closed, tunnel };
  assert.deepEqual(
    planBetween(closed, open).steps.map(({ kind }) => kind),
    ['open-tunnel'],
  );
  assert.deepEqual(
    planBetween(open, closed).steps.map(({ kind }) => kind),
    ['close-tunnel'],
  );
  assert.deepEqual(planBetween(open, open).steps, []);
  const other = { ...open, tunnel: { ...tunnel, targets: [] } };
  assert.match(planBetween(open, other).steps[0]?.reason ?? '', /targets changed/);
  const { observed, memory } = observedAsApplied(closed, nowMs);
  const expired = { ...open, tunnel: { ...tunnel, untilMs: nowMs - 1 } };
  assert.deepEqual(planDevice({ desired: expired, observed, memory }).steps, []);
});

const serviceNames = ['a', 'b', 'c', 'd'];

const arbitraryProject: fc.Arbitrary<ProjectInput> = fc
  .record({
    tags: fc.array(fc.constantFrom('1', '2'), { minLength: 1, maxLength: 4 }),
    levels: fc.array(fc.constantFrom('info', 'debug'), { minLength: 4, maxLength: 4 }),
    depends: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    ports: fc.array(fc.constantFrom('', '8001', '8002', '8003'), { minLength: 4, maxLength: 4 }),
    follows: fc.boolean(),
    label: fc.constantFrom('x', 'y'),
    strategy: fc.constantFrom(
      'recreate' as const,
      'stop-first' as const,
      'handover' as const,
      'rolling' as const,
    ),
  })
  .map(({ tags, levels, depends, ports, follows, label, strategy }) => {
    const taken = new Set<string>();
    const entries = tags.map((tag, index): [string, Services[string]] => {
      const port = ports[index] ?? '';
      const free = port !== '' && !taken.has(port);
      taken.add(port);
      const shares = follows && index === 2;
      return [
        serviceNames[index] ?? '',
        {
          image: `image:${tag}`,
          environment: { LEVEL: levels[index] ?? '' },
          ...(free && !shares ? { ports: [{ target: 80, published: port, protocol: 'tcp' }] } : {}),
          ...(depends[index] === true && index > 0
            ? { depends_on: { a: { condition: 'service_started', required: true } } }
            : {}),
          ...(shares ? { network_mode: 'service:a' } : { networks: { back: null } }),
        },
      ];
    });
    return {
      services: Object.fromEntries(entries),
      networks: { back: { labels: { label } } },
      update: { strategy },
    };
  });

test('property: a plan is deterministic, every step has a reason, and needs point back', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryProject, (before, after) => {
      const plan = planBetween(desired(before), desired(after));
      assert.deepEqual(plan, planBetween(desired(before), desired(after)));
      for (const [index, step] of plan.steps.entries()) {
        assert.notEqual(step.reason, '');
        assert.ok(step.needs.every(need => need < index));
      }
      assert.deepEqual(planBetween(desired(after), desired(after)).steps, []);
    }),
    { numRuns: 300 },
  );
});
