import assert from 'node:assert/strict';
import test from 'node:test';
import { figure, inTurn, median } from '../../bench/figure.ts';

test('the median is the middle value, of an even number the mean of the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]), RangeError);
});

test('a figure clears its bar or misses it by the number that the bar names', () => {
  assert.equal(figure('memory', 'MiB', 80, null, { of: 'ours', is: '<=', limit: 90 }).ok, true);
  assert.equal(figure('memory', 'MiB', 91, null, { of: 'ours', is: '<=', limit: 90 }).ok, false);
  const ratio = figure('fetch', 'MB/s', 95, 100, { of: 'ratio', is: '>=', limit: 0.9 });
  assert.deepEqual([ratio.ratio, ratio.ok, ratio.bar], [0.95, true, 'ratio ≥ 0.9']);
});

test('a bar on the ratio is missed where there is no peer', () => {
  assert.equal(figure('fetch', 'MB/s', 95, null, { of: 'ratio', is: '>=', limit: 0.9 }).ok, false);
});

test('a bar in seconds is none: what a machine makes of it is no figure of ours', () => {
  // @ts-expect-error: a time is held against a time of the same run
  figure('walk', 's', 1, null, { of: 'ours', is: '<=', limit: 2 });
  assert.equal(figure('walk', 's', 2, 4, { of: 'ratio', is: '<=', limit: 1 }).ok, true);
});

test('ours and the peer are measured in turn, and the first round is not counted', async () => {
  const order: string[] = [];
  let count = 0;
  const result = await inTurn(
    async () => {
      order.push('ours');
      return count++ === 0 ? 1_000_000 : 1;
    },
    async () => {
      order.push('peer');
      return 2;
    },
  );
  assert.deepEqual(result, [1, 2]);
  assert.equal(order.join(' '), Array(6).fill('ours peer').join(' '));
});

test('fewer than five rounds are refused', async () => {
  await assert.rejects(
    inTurn(async () => 1, undefined, 4),
    RangeError,
  );
});
