/** What an audit log does not hide: whatever is done to it, by whoever has the repository, or the gateway's key, too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuditFacts, chainedLine, chainStart } from '../../../core/audit/audit-entry.ts';
import type { KnownHead } from '../../../core/audit/audit-verify.ts';
import { chainOf, factsAt, type Lines, newKey, WrittenLog } from './written-log.ts';

const facts = Array.from({ length: 12 }, (_, at) => factsAt(at));
const lines = chainOf(facts);
const texts = lines.map(({ line }) => line);
const last = lines.at(-1) ?? assert.fail();
const headOf = (all: Lines, at: number): KnownHead => {
  const { seq, hash } = all[at] ?? assert.fail();
  return { seq, hash, from: '--head' };
};

/** A log whose commits are as they were, and whose newest one has other lines. */
function tampered(changed: readonly string[], head = last): WrittenLog {
  const log = WrittenLog.of(lines.slice(0, 8), 2);
  log.commit({ lines: changed, head, isNext: true });
  return log;
}

const codesOf = async (log: WrittenLog, known: readonly KnownHead[] = []) =>
  (await log.verify(known)).faults.map(({ code, seq }) => `${code} ${seq ?? ''}`.trim());

test('a log as it was written has no fault, and ends with its head', async () => {
  const verdict = await WrittenLog.of(lines).verify([headOf(lines, 4), headOf(lines, 11)]);
  assert.deepEqual(verdict.faults, []);
  assert.deepEqual([verdict.entries, verdict.commits, verdict.head.seq], [12, 3, 12]);
  assert.equal(verdict.head.hash, last.hash);
});

test('an entry that was taken out is named', async () => {
  assert.deepEqual(await codesOf(tampered(texts.toSpliced(5, 1))), ['AUDIT_MISSING 7']);
  assert.deepEqual(await codesOf(tampered(texts.slice(2))), ['AUDIT_MISSING 3']);
});

test('an entry that was changed shows at the one behind it', async () => {
  const other = (texts[5] ?? '').replace('person-5', 'person-9');
  assert.notEqual(other, texts[5]);
  assert.deepEqual(await codesOf(tampered(texts.with(5, other))), ['AUDIT_CHANGED 7']);
});

test('the last entry, changed, shows by the signed head', async () => {
  const other = (texts[11] ?? '').replace('person-11', 'person-9');
  assert.deepEqual(await codesOf(tampered(texts.with(11, other))), ['AUDIT_CHANGED 12']);
});

test('entries that changed places are named', async () => {
  const [fifth = '', sixth = ''] = texts.slice(4, 6);
  const found = await codesOf(tampered(texts.with(4, sixth).with(5, fifth)));
  assert.deepEqual(found.slice(0, 2), ['AUDIT_MISSING 6', 'AUDIT_REORDERED 5']);
});

test('a line that is put between, or is no entry, is named', async () => {
  assert.deepEqual(await codesOf(tampered(texts.toSpliced(3, 0, texts[2] ?? ''))), ['AUDIT_REORDERED 3']);
  assert.deepEqual(await codesOf(tampered(texts.toSpliced(3, 0, '{"seq":4}'))), ['AUDIT_MALFORMED']);
  // Another spelling of the same entry is another line.
  assert.deepEqual(await codesOf(tampered(texts.with(3, ` ${texts[3]}`))), [
    'AUDIT_MALFORMED',
    'AUDIT_MISSING 5',
  ]);
});

test('a log that ends before its signed head is cut', async () => {
  assert.deepEqual(await codesOf(tampered(texts.slice(0, 10))), ['AUDIT_CUT 12']);
});

test('entries behind the signed head are nobody’s', async () => {
  const log = WrittenLog.of(lines.slice(0, 8), 2);
  log.commit({ lines: texts, head: lines[9] ?? assert.fail(), isNext: true });
  assert.deepEqual(await codesOf(log), ['AUDIT_CHANGED 11']);
});

test('a commit by another key, or of another fleet, is named; one by an older pinned key is not', async () => {
  const [other, key] = [newKey(), newKey()];
  const log = WrittenLog.of(lines.slice(0, 8), 2, key);
  log.commit({ lines: texts, head: last, isNext: true, key: other });
  assert.deepEqual(await codesOf(log), ['AUDIT_UNSIGNED']);
  assert.deepEqual((await log.verify([], [other, key])).faults, []);
  const found = await log.verify([], [other, key], 'other');
  assert.ok(
    found.faults.some(({ code, message }) => code === 'AUDIT_MALFORMED' && message.includes('fleet acme')),
  );
  assert.ok(
    found.faults.some(({ code, seq }) => code === 'AUDIT_CHANGED' && seq === 1),
    'no chain of that fleet',
  );
});

/** From the middle on, with the right key: whoever owns the gateway can do this. */
function rewritten(): { readonly log: WrittenLog; readonly lines: Lines } {
  const others: AuditFacts[] = facts.map((each, at) => (at === 5 ? { ...each, person: 'nobody' } : each));
  const anew = chainOf(others);
  return { log: WrittenLog.of(anew), lines: anew };
}

test('a log that was written anew with the right key is sound by itself, and is not what is known of it', async () => {
  const { log, lines: anew } = rewritten();
  assert.deepEqual(await codesOf(log), []);
  assert.deepEqual(await codesOf(log, [headOf(lines, 3)]), [], 'what came before is the same');
  assert.deepEqual(await codesOf(log, [headOf(lines, 5)]), ['AUDIT_REWRITTEN 6']);
  assert.deepEqual(await codesOf(log, [headOf(lines, 11)]), ['AUDIT_REWRITTEN 12']);
  assert.deepEqual(await codesOf(log, [headOf(anew, 11)]), []);
});

test('a log whose end was taken away with the right key is cut by what is known of it', async () => {
  const log = WrittenLog.of(lines.slice(0, 9));
  assert.deepEqual(await codesOf(log), []);
  assert.deepEqual(await codesOf(log, [headOf(lines, 11)]), ['AUDIT_CUT 12']);
});

test('a log that begins anew says behind what, and what is known before that cannot be compared', async () => {
  const base = lines[5] ?? assert.fail();
  const log = new WrittenLog();
  log.commit({ lines: texts.slice(6), head: last, base });
  const verdict = await log.verify([headOf(lines, 2), headOf(lines, 5), headOf(lines, 8)]);
  assert.deepEqual(verdict.faults, []);
  assert.deepEqual([verdict.base.seq, verdict.base.hash], [base.seq, base.hash]);
  assert.deepEqual(
    verdict.older.map(({ seq }) => seq),
    [3],
  );
  assert.deepEqual(await codesOf(log, [{ ...headOf(lines, 2), isKept: true }]), ['AUDIT_CUT 3']);
});

test('a beginning that is made up, or in the middle of a branch, is named', async () => {
  const log = new WrittenLog();
  log.commit({ lines: texts.slice(6), head: last, base: { seq: 6, hash: 'a'.repeat(64) } });
  assert.deepEqual(await codesOf(log), ['AUDIT_CHANGED 7']);
  const known = await codesOf(log, [headOf(lines, 5)]);
  assert.deepEqual(known, ['AUDIT_REWRITTEN 6', 'AUDIT_CHANGED 7']);
  const behind = WrittenLog.of(lines.slice(0, 6), 1);
  behind.commit({ lines: texts.slice(6), head: last, base: lines[5] ?? assert.fail(), isNext: true });
  assert.ok((await codesOf(behind)).includes('AUDIT_MALFORMED'));
});

test('a clock that went back is no fault: the order is by number', async () => {
  const turned = [factsAt(100), factsAt(50), factsAt(101)];
  assert.deepEqual(await codesOf(WrittenLog.of(chainOf(turned))), []);
});

test('what facts say is made fit, whoever said it', () => {
  const said = { ...factsAt(1), words: `a\u001b[2Jb\n${'😀'.repeat(300)}`, from: 'x'.repeat(999) };
  const { line } = chainedLine(chainStart('acme'), said);
  assert.ok(Buffer.byteLength(line) < 4096);
  assert.ok(!line.includes('\u001b'));
  assert.deepEqual(chainOf([said]).length, 1);
});
