import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readConformance } from '../../../scripts/conformance/score.ts';

const root = path.join(import.meta.dirname, '../../..');
const candidates = [process.env.TOWLINE_SHARED, path.join(root, '../shared'), '/work/shared'];
const shared = candidates.find(
  folder => folder !== undefined && existsSync(path.join(folder, 'conformance')),
);

test("every document of the conformance set has the oracle's model or is refused as by the oracle", () => {
  assert.ok(shared, 'the conformance set is not beside the repository: ../shared/conformance');
  const score = readConformance(path.join(shared, 'conformance'));
  assert.deepEqual(score.different, []);
  assert.deepEqual(score.wronglyAccepted, []);
  assert.deepEqual(score.wronglyRefused, []);
  assert.equal(score.equal.length, 248);
});
