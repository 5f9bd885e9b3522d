import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf } from '../../../agent/pass/conditions.ts';
import { beginFacts, outcomeOf } from '../../../agent/pass/pass-facts.ts';

const closed = { state: 'closed', desired: undefined, untilMs: undefined } as const;

test('what cannot be removed is said with its path, and the pass is as good as without it', () => {
  const leftovers = Array.from({ length: 12 }, (_, index) => ({
    path: `/var/lib/towline/leftovers/${index}`,
    why: 'EACCES',
  }));
  const applied = { outcome: 'unchanged', projects: [], leftovers } as const;
  const facts = { ...beginFacts('p'), applied };
  assert.equal(outcomeOf(facts), 'unchanged');
  const conditions = conditionsOf(facts, closed);
  const removed = conditions.find(({ type }) => type === 'Removed');
  assert.deepEqual([removed?.status, removed?.reason], [false, 'AGENT_NOT_REMOVED']);
  assert.match(removed?.message ?? '', /leftovers\/0 \(EACCES\), .*leftovers\/7 \(EACCES\) and 4 more$/);
  assert.equal(conditions.find(({ type }) => type === 'Ready')?.status, true);
  const without = conditionsOf({ ...facts, applied: { ...applied, leftovers: [] } }, closed);
  assert.ok(!without.some(({ type }) => type === 'Removed'));
});

test('what is older than the fleet asks for is said, and the apps run all the same', () => {
  const facts = {
    ...beginFacts('p'),
    applied: { outcome: 'unchanged', projects: [], leftovers: [] } as const,
  };
  const current = (outdated: readonly string[]) =>
    conditionsOf({ ...facts, outdated }, closed).filter(({ type }) => type === 'Current' || type === 'Ready');
  assert.deepEqual(
    current(['the engine is 19.3, at least 20.10 is wanted', 'debian is 9, at least 12 is wanted']).map(
      ({ type, status, reason, message }) => [type, status, reason, message],
    ),
    [
      [
        ...['Current', false, 'AGENT_OUTDATED'],
        'the engine is 19.3, at least 20.10 is wanted; debian is 9, at least 12 is wanted',
      ],
      ['Ready', true, 'unchanged', 'all runs as the trusted commit says'],
    ],
  );
  assert.equal(current([])[0]?.status, true);
  assert.ok(!conditionsOf(facts, closed).some(({ type }) => type === 'Current'));
});
