import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginFacts, outcomeOf } from '../../../agent/pass/pass-facts.ts';
import { statusOf } from '../../../agent/pass/status.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const context = {
  ...{ fleet: 'f', device: 'd', version: '1', startedMs: 0, nowMs: 0, trustedCommit: '0'.repeat(40) },
  tunnel: { state: 'closed', desired: undefined, untilMs: undefined },
  lastProjects: [
    {
      ...{ app: 'web', project: 'web', release: '1.0', state: 'healthy', message: 'fine' },
      services: [{ name: 'web', state: 'running', health: 'healthy' }],
    },
  ],
  lastApplied: undefined,
} as const;
const engineError = new TowlineError('ENGINE_UNREACHABLE', 'the engine does not answer (ENOENT)');
const desired = makeDesired('d', [makeProject('api', { services: { api: { image: 'api' } } })]);

const [api] = desired.projects;

test('nobody is told that apps are healthy while the engine does not answer, in a pass and in the middle of one', () => {
  for (const more of [{ error: engineError }, { pulls: new Map() }, { problems: [] }]) {
    const facts = { ...beginFacts('p'), engineError, desired, ...more };
    const { outcome, projects, conditions } = statusOf(facts, {
      ...context,
      lastProjects: structuredClone(context.lastProjects) as never,
    });
    assert.equal(outcome, 'failed');
    const message = 'ENGINE_UNREACHABLE: the engine does not answer (ENOENT)';
    assert.deepEqual(projects, [
      {
        app: 'api',
        project: 'api',
        state: 'unknown',
        message,
        services: [],
        wanted: { digest: api?.digest },
      },
      { app: 'web', project: 'web', release: '1.0', state: 'unknown', message, services: [] },
    ]);
    for (const type of ['Ready', 'EngineAnswers']) {
      const found = conditions.find(one => one.type === type);
      assert.deepEqual([found?.status, found?.reason], [false, 'ENGINE_UNREACHABLE'], type);
    }
  }
});

test('stale with a dead engine is stale, and its apps are unknown; a tunnel alone makes a pass one that changed something', () => {
  const stale = { ...beginFacts('p'), engineError, desired, staleMessage: 'no timestamp' };
  const said = statusOf(stale, { ...context, lastProjects: structuredClone(context.lastProjects) as never });
  assert.equal(said.outcome, 'stale');
  assert.deepEqual(
    said.projects.map(({ state }) => state),
    ['unknown', 'unknown'],
  );
  const applied = { outcome: 'unchanged', projects: [], leftovers: [] } as const;
  assert.equal(outcomeOf({ ...beginFacts('p'), applied, steps: 1 }), 'applied');
});
