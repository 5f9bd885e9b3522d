import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteLines } from '../../../cli/audit/verdict-words.ts';
import type { AuditVerdict } from '../../../core/audit/audit-verify.ts';
import type { FleetFile } from '../../../schemas/types.generated.ts';

const nowMs = Date.UTC(2026, 10, 29);
const place = { seq: 0, hash: 'a'.repeat(64) };
const verdict = (base: number, older: AuditVerdict['older'] = []): AuditVerdict => ({
  ...{ entries: 1, commits: 1, faults: [], faultCount: 0, older },
  ...{ base: { ...place, seq: base }, head: { ...place, seq: base + 1 } },
});
const fleet = (keep: string): FleetFile => ({
  apiVersion: 'towline/v1',
  name: 'acme',
  gateways: [],
  audit: { keep },
});
const notes = (base: number, keep: string, daysOld: number) => {
  const firstTime = new Date(nowMs - daysOld * 86_400_000).toISOString();
  return noteLines(verdict(base), fleet(keep), { firstTime, nowMs });
};

test('a log that begins behind entries that should still be kept is noted; one that is as old as it has to be is not', () => {
  assert.deepEqual(notes(0, '400d', 3), []);
  assert.equal(notes(17, '30d', 31).length, 1);
  assert.match(notes(17, '400d', 31).join('\n'), /somebody has cut the log/);
});

test('a known head that is older than the log is noted', () => {
  const older = [{ ...place, seq: 3, from: 'this clone' }];
  const all = noteLines(verdict(17, older), fleet('1d'), { firstTime: undefined, nowMs });
  assert.match(all.join('\n'), /this clone knows entry 3/);
});
