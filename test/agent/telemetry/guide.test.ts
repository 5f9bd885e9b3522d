import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { formatProblem } from '../../../core/errors.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/guides/telemetry.md'), 'utf8');
const blocks = [...guide.matchAll(/```yaml\n(# (?:fleet|apps\/)[^\n]*\n[^`]*)```/g)].map(
  ([, yaml = '']) => yaml,
);

test('what the guide on telemetry has people write into their files is valid where it says', () => {
  assert.ok(blocks.length >= 3);
  for (const yaml of blocks) {
    const kinds = yaml.startsWith('# apps/') ? (['app'] as const) : (['group', 'device'] as const);
    for (const kind of kinds) {
      const { problems } = readFleetFile(kind, 'f.yaml', Buffer.from(`apiVersion: towline/v1\n${yaml}`));
      assert.deepEqual(problems.map(formatProblem), [], yaml);
    }
  }
});
