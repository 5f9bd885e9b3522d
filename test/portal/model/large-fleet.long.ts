import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from '../../../bench/portal/model.ts';

test('ten thousand devices are within the bars of the portal', async () => {
  for await (const { work, ours, unit, bar, ok } of bench(AbortSignal.timeout(600_000)))
    assert.ok(ok, `${work}: ${ours} ${unit}, ${bar}`);
});
