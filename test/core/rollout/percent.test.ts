/** A part of a hundred devices, to the second decimal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { bucketOf, isInPercent } from '../../../core/rollout/bucket.ts';
import { rolloutText } from './rolling-fleet.ts';

const problemsOf = (percent: number | string) =>
  readFleetFile('rollout', 'r.yaml', Buffer.from(rolloutText([`name: part, percent: ${percent}`]))).problems;

test('each with two decimals may be written, though 33.33 is no multiple of 0.01 to a machine', () => {
  for (let hundredths = 1; hundredths <= 10_000; hundredths += 7)
    assert.deepEqual(problemsOf(hundredths / 100), [], `${hundredths / 100}`);
  for (const other of [0, -1, 100.01, 0.001, 33.335, '.nan', '.inf'])
    assert.equal(problemsOf(other).length, 1, `${other}`);
});

test('a hundredth is one bucket of ten thousand, a hundred is everybody, and more always holds those of less', () => {
  const draws = Array.from({ length: 20_000 }, (_, at) => ({ fleet: 'acme', salt: 'r1', device: `d-${at}` }));
  for (const draw of draws) {
    const bucket = bucketOf(draw);
    assert.equal(isInPercent(draw, 0.01), bucket === 0);
    assert.equal(isInPercent(draw, 33.33), bucket < 3333);
    assert.equal(isInPercent(draw, 99.99), bucket !== 9999);
    assert.ok(isInPercent(draw, 100));
  }
});
