/**
 * No timeout of Node's is joined with other signals in what runs for months: core/io/time-limit.ts says why, and
 * test/agent/runtime/engine/time-limit.test.ts shows it of the engine's calls.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sources } from './tree.ts';

const joined = /AbortSignal\.any\(\s*\[[^\]]*(?:AbortSignal\.timeout|\blate\b(?!\.signal))/;

test('agent, gateway and core join no AbortSignal.timeout', () => {
  assert.match('AbortSignal.any([a, AbortSignal.timeout(1)])', joined);
  assert.match('AbortSignal.any([signal, late])', joined);
  const found = [...sources()]
    .filter(([file, source]) => /^(?:agent|gateway|core)\//.test(file) && joined.test(source))
    .map(([file]) => file);
  assert.deepEqual(found, []);
});
