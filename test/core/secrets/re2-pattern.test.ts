/** Patterns of SOPS match here what they match there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverageOf } from '../../../core/secrets/metadata.ts';
import { re2Pattern } from '../../../core/secrets/re2-pattern.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

interface Cases {
  readonly keys: readonly string[];
  /** A pattern, and the keys that it finds something in; null: RE2 refuses it. */
  readonly cases: readonly (readonly [pattern: string, found: readonly string[] | null])[];
}

/** What RE2 itself says of them (re2-wasm 1.0.2), whose syntax Go's regexp has. */
const { keys, cases }: Cases = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 're2-cases.json'), 'utf8'),
);

for (const [pattern, found] of cases)
  test(`${JSON.stringify(pattern)} ${found === null ? 'is refused' : 'finds what RE2 finds'}`, () => {
    if (found === null) assert.throws(() => re2Pattern(pattern));
    else {
      const regex = re2Pattern(pattern);
      assert.deepEqual(
        keys.filter(key => regex.test(key)),
        found,
        String(regex),
      );
    }
  });

test('whatever the pattern: one that is matched, or an error, and never for long', async () => {
  const part = fc.constantFrom(
    ...[
      'a',
      'é',
      '.',
      '^',
      '$',
      '|',
      '(',
      ')',
      '(?i)',
      '(?P<n>',
      '(?:',
      '[',
      ']',
      '^',
      '-',
      '\\',
      '\\d',
      '\\Q',
    ],
    ...[
      '\\E',
      '*',
      '+',
      '?',
      '{2}',
      '{1,3}',
      '{',
      '[:alpha:]',
      '\\pL',
      '\\p{Greek}',
      '\\x{41}',
      '\\101',
      '(?s-i:',
    ],
  );
  await fuzzed(
    'RE2 patterns',
    fc.property(fc.array(part, { maxLength: 12 }), fc.string({ maxLength: 20 }), (parts, key) => {
      try {
        re2Pattern(parts.join('')).test(key);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }),
    { runs: 2000 },
  );
});

test('a rule covers by them', () => {
  const covers = coverageOf({ kind: 'encrypted_regex', pattern: '(?i)^password$' });
  assert.deepEqual([covers(['db', 'PassWord']), covers(['db', 'user'])], [true, false]);
  const leaves = coverageOf({ kind: 'unencrypted_regex', pattern: '^[[:lower:]]+$' });
  assert.deepEqual([leaves(['Db']), leaves(['db'])], [true, false]);
});
