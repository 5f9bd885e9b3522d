import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectRecord } from '../../../core/plan/memory.ts';
import { mostSetAside, setAsideOf, withoutSetAside, withSetAside } from '../../../core/plan/set-aside.ts';
import { chooseTarget } from '../../../core/plan/target.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { ModelEngine } from './model-engine.ts';

const failed = (digest: string, message = 'unhealthy') => ({
  digest,
  code: 'ENGINE_NOT_HEALTHY',
  message,
  atMs: 1,
});

test('a state that failed is remembered after another one has failed; an older record has the newest alone', () => {
  const old: ProjectRecord = { setAside: failed('two') };
  assert.equal(setAsideOf(old, 'two')?.digest, 'two');
  const both = withSetAside(old, failed('three'));
  assert.deepEqual(
    ['one', 'two', 'three'].map(digest => setAsideOf(both, digest)?.digest),
    [undefined, 'two', 'three'],
  );
  assert.equal(both.setAside.digest, 'three', 'what an older agent reads');
  const again = withSetAside(both, failed('two'));
  assert.deepEqual(
    [again.setAside.digest, again.setAsideBefore.map(({ digest }) => digest)],
    ['two', ['three']],
  );
});

test('the newest fifty are kept, with few words of those before the newest', () => {
  let record: ProjectRecord = {};
  for (let number = 0; number < 60; number += 1) {
    record = withSetAside(record, failed(`d${number}`, 'x'.repeat(5_000)));
  }
  const kept = Array.from({ length: 60 }, (_, number) => setAsideOf(record, `d${number}`) !== undefined);
  assert.equal(kept.filter(Boolean).length, mostSetAside);
  assert.equal(kept.indexOf(true), 10);
  assert.ok(JSON.stringify(record).length < 5_000 + mostSetAside * 500);
});

test('what comes good after all is taken back, and the others stay', () => {
  const record = withSetAside(withSetAside({ setAside: failed('a') }, failed('b')), failed('c'));
  assert.equal(setAsideOf(withoutSetAside(record, 'c'), 'b')?.digest, 'b');
  assert.equal(setAsideOf(withoutSetAside(record, 'b'), 'b'), undefined);
  assert.deepEqual(withoutSetAside({ setAside: failed('a') }, 'a'), {});
});

test('going back to a state that failed before brings the last good one, not that one', () => {
  const state = (tag: string) => makeProject('shop', { services: { web: { image: `web:${tag}` } } });
  const [good, second, third] = [state('1'), state('2'), state('3')];
  const record = {
    lastGood: good,
    ...withSetAside({ setAside: failed(second.digest) }, failed(third.digest)),
  };
  const memory = { projects: new Map([['shop', record]]), nowMs: 1 };
  const { project, skipped } = chooseTarget(
    makeDesired('pump', [second]),
    new ModelEngine(() => 0).observed(),
    memory,
    second,
  );
  assert.deepEqual([project?.digest, skipped?.why], [good.digest, 'set-aside']);
});
