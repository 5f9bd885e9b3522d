import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { claimMessage, readClaim, readPlace } from '../../../core/audit/audit-commit.ts';
import { chainedLine, chainStart, readEntryLine } from '../../../core/audit/audit-entry.ts';
import { readPiecePath } from '../../../core/audit/audit-piece.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated } from '../../fuzz/mutation.ts';
import { factsAt } from './written-log.ts';

const place = chainStart('acme');
const { line } = chainedLine(place, {
  ...factsAt(1),
  words: 'some words',
  more: 3,
  evidence: 'a'.repeat(40),
});
const message = claimMessage({
  fleet: 'acme',
  head: { seq: 12, hash: place.hash },
  base: { seq: 3, hash: place.hash },
});

function refusedOr<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(isTowlineError(error, 'AUDIT_MALFORMED'), String(error));
    return undefined;
  }
}

test('whatever a line or a message is, it is read as it was written or refused', async () => {
  const property = fc.property(
    mutated(Buffer.from(line)),
    mutated(Buffer.from(message)),
    fc.string(),
    (one, two, any) => {
      for (const text of [Buffer.from(one).toString('utf8'), any]) {
        const read = refusedOr(() => readEntryLine(text));
        if (read !== undefined) assert.ok(read.entry.seq >= 1);
      }
      for (const text of [Buffer.from(two).toString('utf8'), any]) {
        const claim = refusedOr(() => readClaim(text));
        if (claim !== undefined) assert.equal(claimMessage(claim), text);
      }
      readPlace(any);
      readPiecePath(any);
    },
  );
  await fuzzed('lines and messages of an audit log', property);
});
