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

/** The first line of an example names its files. */
function kindsOf(place: string) {
  if (place.startsWith('# apps/')) return ['app'] as const;
  return place === '# fleet.yaml' ? (['fleet'] as const) : (['group', 'device'] as const);
}

test('what the guide on telemetry has people write into their files is valid where it says', () => {
  assert.ok(blocks.length >= 3);
  for (const yaml of blocks) {
    const [place = ''] = yaml.split('\n');
    for (const kind of kindsOf(place)) {
      const named = kind === 'fleet' ? 'name: acme\ngateways: []\n' : '';
      const { problems } = readFleetFile(
        kind,
        'f.yaml',
        Buffer.from(`apiVersion: towline/v1\n${named}${yaml}`),
      );
      // A fleet has more than what telemetry is.
      const own = problems.map(formatProblem).filter(text => !text.includes('gateways'));
      assert.deepEqual(own, [], yaml);
    }
  }
});
