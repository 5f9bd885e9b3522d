/** Most lines are written as they came, byte by byte: what that makes of them is what all the steps would have made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { LogEntry } from '../../../../agent/runtime/runtime.ts';
import { ContainerLog } from '../../../../agent/telemetry/logs/container-log.ts';
import { beginning } from '../../../../agent/telemetry/logs/position.ts';
import { defaultLogSettings, type LogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { MemorySpool } from './log-rig.ts';

/** No line has it: so each goes through all steps, and leaves them as it came. */
const absent = '\u0000 in none';
const nowMs = Date.parse('2026-11-29T00:10:00Z');

async function segments(entries: readonly LogEntry[], settings: LogSettings): Promise<string[]> {
  const spool = new MemorySpool();
  const log = new ContainerLog({
    container: { id: 'c'.repeat(64), project: 'shop', service: 'web' },
    position: beginning,
    settings,
    nowMs: () => nowMs,
  });
  log.begin();
  for (const entry of entries) log.offer({ ...entry, text: Buffer.from(entry.text) });
  log.close();
  await log.flush('all', spool);
  return spool.pieces.map(({ path, bytes }) => `${path}\n${gunzipSync(bytes).toString('utf8')}`);
}

const part = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 30 }) },
  fc.constantFrom(
    'ERROR ',
    '{"level":"debug",',
    'INFO',
    '\\',
    '"',
    '\t',
    '\r',
    '\u001b[31m',
    'é',
    '€',
    '\u0000',
  ),
);
const text = fc.array(part, { maxLength: 5 }).map(parts => Buffer.from(parts.join('')));
const bytes = fc.uint8Array({ maxLength: 20 }).map(found => Buffer.from(found.filter(byte => byte !== 10)));
const entry = fc.record({
  gap: fc.constantFrom(0, 1, 400_000_000, 1_100_000_000),
  stream: fc.constantFrom<LogEntry['stream']>('stdout', 'stdout', 'stderr', 'tty'),
  text: fc.oneof({ weight: 5, arbitrary: text }, bytes),
  whole: fc.integer({ min: 0, max: 5 }).map(turn => turn > 0),
});

test('lines of any text become the same segments by either way, within the same limits', async () => {
  const limits = fc.record({
    maxLinesPerSecond: fc.constantFrom(2, 10_000),
    maxLineBytes: fc.constantFrom(16, 32 * 1024),
    maxBytesPerDay: fc.constantFrom(60, 1e9),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 12 }), limits, async (lines, limited) => {
      let nanoseconds = 0;
      const entries = lines.map(({ gap, ...line }): LogEntry => {
        nanoseconds += gap;
        const [seconds, rest] = [Math.floor(nanoseconds / 1e9), nanoseconds % 1e9];
        const time = `2026-11-29T00:00:${String(seconds).padStart(2, '0')}.${String(rest).padStart(9, '0')}Z`;
        return { ...line, time };
      });
      const settings = { ...defaultLogSettings, ...limited };
      const [quick, stepwise] = [
        await segments(entries, settings),
        await segments(entries, { ...settings, redact: { patterns: [], literals: [absent] } }),
      ];
      assert.deepEqual(quick, stepwise);
    }),
    { numRuns: 300 },
  );
});

test('a time with anything in it but a time breaks out of no record', async () => {
  const entries = [`2026-11-29T00:00:00.00"}\\n{"k9Z`, '2026-11-29T00:00:00.000000000Z'].map(
    (time): LogEntry => ({ time, stream: 'stdout', text: Buffer.from('text'), whole: true }),
  );
  const [only = ''] = await segments(entries, defaultLogSettings);
  for (const line of only.trim().split('\n').slice(1)) assert.equal(JSON.parse(line).text, 'text');
});
