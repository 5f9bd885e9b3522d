/** Steps of rollouts, generated: what the rule covers is what the sentence in docs/trust.md says, read a second time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainValue, readPlainYaml } from '../../../../core/trust/git/yaml-node.ts';
import { compareNodes } from '../../../../core/trust/policy/field-change.ts';
import { stepProblem } from '../../../../core/trust/policy/rollout-step.ts';
import { rollout as isRollout } from '../../../../schemas/validate.generated.js';
import { fuzzed } from '../../../fuzz/fuzzed.ts';

const holds = [4, 24, 0, 1];
const people = 3;

const file = fc.record({
  stage: fc.integer({ min: 0, max: 5 }),
  hours: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  paused: fc.constantFrom(undefined, true, false),
  aborted: fc.constantFrom(undefined, undefined, undefined, true, false),
  reason: fc.constantFrom(undefined, undefined, 'late', 'later'),
  to: fc.constantFrom('1.1.0', '1.1.0', '1.1.0', '1.2.0'),
});
type File = typeof file extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({ stage, hours, ...rest }: File): string {
  const stages = holds.map((hold, index) => ({
    name: `s${index}`,
    percent: 10 * (index + 1),
    hold: `${hold}h`,
    ...(index + 1 === people ? { promote: 'people' } : {}),
  }));
  const since = hours === undefined ? {} : { since: new Date(hours * 3_600_000).toISOString() };
  const whole = { apiVersion: 'towline/v1', app: 'web', from: ['1.0.0'], stages, stage, ...since, ...rest };
  return JSON.stringify(whole);
}

/** A second reading of the rule. */
function isAdvance(old: File, now: File): boolean {
  const rest = (one: File) => JSON.stringify({ ...one, stage: 0, hours: 0 });
  if (rest(old) !== rest(now) || old.paused === true || old.aborted === true) return false;
  if (now.stage !== old.stage + 1 || now.stage > holds.length || now.stage === people) return false;
  if (old.hours === undefined || now.hours === undefined || old.hours === now.hours) return false;
  return now.hours >= old.hours + (holds[old.stage - 1] ?? 0);
}

function isPause(old: File, now: File): boolean {
  const rest = (one: File) => JSON.stringify({ ...one, paused: true, reason: '' });
  const speaks = now.reason !== undefined || old.reason === undefined;
  return rest(old) === rest(now) && old.paused !== true && now.paused === true && speaks;
}

function changeOf(before: string, after: string) {
  const nodes = { before: readPlainYaml(Buffer.from(before)), after: readPlainYaml(Buffer.from(after)) };
  const pointers: string[][] = [];
  compareNodes(nodes.before, nodes.after, [], pointers);
  return { ...nodes, pointers };
}

test('what is covered is one step, and every such step is', async () => {
  const near = fc
    .tuple(file, file, fc.boolean(), fc.boolean())
    .map(([old, other, steps, same]): [File, File] => {
      const next = steps
        ? { ...old, stage: old.stage + 1, hours: other.hours }
        : { ...old, paused: other.paused };
      return [old, same ? next : { ...next, reason: other.reason, to: other.to }];
    });
  let covered = 0;
  await fuzzed(
    'steps of rollouts',
    fc.property(fc.oneof(near, fc.tuple(file, file)), ([old, now]) => {
      const change = changeOf(textOf(old), textOf(now));
      assert.ok(isRollout(plainValue(change.before)), 'the generator writes files that are read');
      const [advances, pauses] = [stepProblem('advance', change), stepProblem('pause', change)];
      assert.equal(advances === undefined, isAdvance(old, now), advances);
      assert.equal(pauses === undefined, isPause(old, now), pauses);
      if (advances === undefined || pauses === undefined) covered += 1;
    }),
    { runs: 1000 },
  );
  assert.ok(covered > 0);
});

test('no file that satisfies the schema makes the rule throw: a walk must end with a verdict', async () => {
  const odd = fc.record({
    hold: fc.constantFrom('999999999999999d', '1h1ms', '0s'),
    since: fc.constantFrom(
      '2026-02-31T00:00:00Z',
      '0000-00-00T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2026-01-01T25:61:61Z',
    ),
    stage: fc.integer({ min: 0, max: 32 }),
  });
  const text = ({ hold, since, stage }: { hold: string; since: string; stage: number }) =>
    JSON.stringify({
      ...{ apiVersion: 'towline/v1', app: 'web', from: ['1.0.0'], to: '1.1.0', stage, since },
      stages: [{ name: 'a', percent: 1, hold }],
    });
  await fuzzed(
    'odd rollouts',
    fc.property(odd, odd, (old, now) => {
      const change = changeOf(text(old), text(now));
      if (!isRollout(plainValue(change.before)) || !isRollout(plainValue(change.after))) return;
      stepProblem('advance', change);
      stepProblem('pause', change);
    }),
  );
});
