import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usage } from '../../../agent/program/usage.ts';

test('usage names what each verb takes: a new beginning of the walk may be a commit', () => {
  assert.match(usage(), /towline agent enroll \[TOKEN\|-\] /);
  assert.match(usage(), /towline agent re-anchor \[TOKEN\|-\|COMMIT\] /);
});
