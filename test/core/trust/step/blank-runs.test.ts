/** Text that one signs and all devices read takes time by its length, and not by the square of it: blanks without end stop nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPatch } from '../../../../core/change/patch-file.ts';
import { readArmor } from '../../../../core/trust/signature/armor.ts';
import { finalTrailers, isMeantForMain } from '../../../../core/trust/step/intent.ts';

const long = 64 * 1024;
/** By the square it is thousands of times as much. */
const mostTimes = 100;
const leastMs = 10;

function msOf(read: () => unknown): number {
  const startMs = performance.now();
  try {
    read();
  } catch {
    // Refused: that takes time, too.
  }
  return performance.now() - startMs;
}

const trailer = 'Towline-Ref: acme/main\n';
type Reading = [name: string, text: (run: string) => string, read: (text: string) => unknown];
const readings: readonly Reading[] = [
  ...[1, 2].flatMap((walk): Reading[] => [
    [
      `a title, at walk ${walk}`,
      run => `a${run}x\n\n${trailer}`,
      text => assert.ok(isMeantForMain(text, 'acme', walk)),
    ],
    [
      `a value, at walk ${walk}`,
      run => `a\n\n${trailer}Other: a${run}x\n`,
      text => finalTrailers(text, walk),
    ],
    [`a token, at walk ${walk}`, run => `a\n\n${trailer}Other${run}x\n`, text => finalTrailers(text, walk)],
    [`a folded value, at walk ${walk}`, run => `a\n\nOther: a\n${run}x\n`, text => finalTrailers(text, walk)],
  ]),
  [
    'a line of a signature',
    run => `-----BEGIN SSH SIGNATURE-----\na${run}x\n-----END SSH SIGNATURE-----`,
    text => readArmor(text, 'SSH SIGNATURE'),
  ],
  ['a patch', run => `towline patch v1${run}x`, text => readPatch(text)],
];

for (const [name, text, read] of readings)
  for (const blank of [' ', '\t', '\r', '\n'])
    test(`${JSON.stringify(blank)} over and over in ${name}`, () => {
      const plainMs = msOf(() => read(text('x'.repeat(long))));
      const ms = msOf(() => read(text(blank.repeat(long))));
      const mostMs = mostTimes * Math.max(plainMs, leastMs);
      assert.ok(ms < mostMs, `${ms} ms, and ${plainMs} ms without blanks`);
    });
