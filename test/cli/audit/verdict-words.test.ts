import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntryTimes } from '../../../cli/audit/entry-times.ts';
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
  return noteLines(verdict(base), fleet(keep), { times: { firstTime, turnedBack: undefined }, nowMs });
};

test('a log that begins behind entries that should still be kept is noted; one that is as old as it has to be is not', () => {
  assert.deepEqual(notes(0, '400d', 3), []);
  assert.equal(notes(17, '30d', 31).length, 1);
  assert.match(notes(17, '400d', 31).join('\n'), /somebody has cut the log/);
});

test('a known head that is older than the log is noted', () => {
  const older = [{ ...place, seq: 3, from: 'this clone' }];
  const all = noteLines(verdict(17, older), fleet('1d'), { times: new EntryTimes(), nowMs });
  assert.match(all.join('\n'), /this clone knows entry 3/);
});

test('where the clock was put back is noted: a report of a while may leave out what was written meanwhile', () => {
  const times = new EntryTimes();
  const add = (seq: number, minute: number, more: { transition?: number } = {}) =>
    times.add({
      ...{ seq, prev: place.hash, type: 'login', what: 'login' },
      time: new Date(nowMs + minute * 60_000).toISOString(),
      ...more,
    });
  add(1, 0);
  add(2, -5);
  add(3, 1);
  // Told late: it happened then.
  add(4, -600, { transition: 1 });
  assert.equal(times.turnedBack, undefined);
  add(5, -1_000_000);
  add(6, 2);
  add(7, -30);
  assert.deepEqual(times.turnedBack, { count: 2, seq: 5 });
  assert.match(
    noteLines(verdict(0), fleet('400d'), { times, nowMs }).join('\n'),
    /went back 2 times, first at entry 5/,
  );
});
