/** What somebody who holds recordings may do to them, and what a check says of it. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type DeviceKeys, makeDeviceKeys, sshKeyOf, sshPublicKey } from '../../../core/io/device-keys.ts';
import { sshSignature } from '../../../core/io/ssh/ssh-sign.ts';
import { closeBox, openBox } from '../../../core/recording/chunk-box.ts';
import { DeviceSeals, recordingNamespace } from '../../../core/recording/device-seals.ts';
import { checkLedger } from '../../../core/recording/ledger-check.ts';
import {
  entryHash,
  entryLine,
  entryStatement,
  type LedgerEntry,
  type LedgerHead,
  noLedger,
} from '../../../core/recording/ledger-entry.ts';
import { nextLink, type RecordingEnd, sealStatement } from '../../../core/recording/recording-chain.ts';
import { RecordingCheck } from '../../../core/recording/recording-check.ts';
import { recordingId, sessionOf } from '../../../core/recording/recording-id.ts';
import { chunkLine, headLine, sealLine } from '../../../core/recording/recording-line.ts';

const key = Buffer.alloc(32, 7);
const own = makeDeviceKeys('pump-17');
const renewed = makeDeviceKeys('pump-17');
const thief = makeDeviceKeys('thief');
const place = { fleet: 'acme', device: 'pump-17', recording: recordingId(0, 'abcdefgh') };

type Keys = DeviceKeys;

/** Keys one after the other; commits are called by the place of their key. */
function sealsOf(...keys: readonly Keys[]): DeviceSeals {
  return new DeviceSeals('pump-17', { keys: keys.map(sshPublicKey), placeAt: commit => Number(commit) });
}

/** A recording of so many chunks: head, chunks, a seal in the middle, one at the end. */
function recorded(
  chunks: number,
  keys: Keys = own,
  where = place,
  { commit = '', ender = keys }: { readonly commit?: string; readonly ender?: Keys } = {},
): string[] {
  const head = {
    ...where,
    startedMs: 0,
    operator: 'alice',
    by: 'key',
    app: 'web',
    service: 'api',
    commit,
  };
  const lines = [headLine({ ...head, auditors: [], key: '' })];
  let link = nextLink(undefined, lines[0] ?? '');
  const seal = (count: number, end?: RecordingEnd) => {
    const said = { lines: count, link, ...(end === undefined ? {} : { end }) };
    const statement = Buffer.from(sealStatement(where, said));
    const signer = sshKeyOf(end === undefined ? keys : ender);
    lines.push(sealLine(said, sshSignature(signer, recordingNamespace, statement)));
  };
  for (let number = 1; number <= chunks; number += 1) {
    const at = { recording: where.recording, number, before: link };
    const line = chunkLine(number, closeBox(key, at, Buffer.from(`[${number},"o","x"]\n`)));
    lines.push(line);
    link = nextLink(link, line);
    if (number === 2) seal(number + 1);
  }
  seal(chunks + 1, { outcome: 'ended', exitCode: 0 });
  return lines;
}

function check(lines: readonly string[], seals = sealsOf(own), from = 0) {
  const recording = new RecordingCheck(place, seals, [], from);
  for (const line of lines) recording.line(line);
  return recording.finish();
}

function without<Item>(items: readonly Item[], at: number): Item[] {
  return items.filter((_, index) => index !== at);
}

function swapped<Item>(items: readonly Item[], at: number): Item[] {
  return items.map((item, index) => items[index === at ? at + 1 : index === at + 1 ? at : index] ?? item);
}

const codes = (code: string) => ({ code: `SESSION_RECORDING_${code}` });

describe('a compromised gateway forges or silently drops no recording', () => {
  const lines = recorded(5);
  test('as it was made it is sound', () => {
    assert.deepEqual(check(lines).seal.end, { outcome: 'ended', exitCode: 0 });
    assert.equal(sessionOf(place.recording), 'abcdefgh');
  });
  test('cut at its end it is truncated, unless cut behind a seal, and then it has no end', () => {
    assert.throws(() => check(lines.slice(0, -1)), codes('TRUNCATED'));
    assert.throws(() => check(lines.slice(0, 2)), codes('TRUNCATED'));
    assert.equal(check(lines.slice(0, 4)).seal.end, undefined);
  });
  test('with a chunk left out, or two swapped, it is out of order', () => {
    assert.throws(() => check(without(lines, 1)), codes('REORDERED'));
    assert.throws(() => check(swapped(lines, 4)), codes('REORDERED'));
    assert.throws(() => check([lines[0] ?? '', ...lines]), codes('REORDERED'));
  });
  test('with one chunk changed, in number order, it is forged', () => {
    const other = recorded(5, own, { ...place, recording: recordingId(9000, 'abcdefgh') });
    assert.throws(() => check(lines.with(4, other[4] ?? '')), codes('FORGED'));
    assert.throws(() => check([...lines, lines[1] ?? '']), codes('FORGED'));
  });
  test('a head that says somebody else was there is forged', () => {
    const head = (lines[0] ?? '').replace('alice', 'mallory');
    assert.throws(() => check(lines.with(0, head)), codes('FORGED'));
  });
  test('of another device, another session, or signed by another key it is foreign', () => {
    assert.throws(() => check(recorded(3, own, { ...place, device: 'pump-18' })), codes('FOREIGN'));
    const later = { ...place, recording: recordingId(5000, 'abcdefgh') };
    assert.throws(() => check(recorded(3, own, later)), codes('FOREIGN'));
    assert.throws(() => check(recorded(3, thief)), codes('FOREIGN'));
  });
  test('a box opens at its own place alone', () => {
    const at = { recording: place.recording, number: 1, before: 'a' };
    const box = closeBox(key, at, Buffer.from('x'.repeat(1000)));
    assert.equal(openBox(key, at, box).length, 1000);
    for (const other of [{ number: 2 }, { before: 'b' }, { recording: 'another' }])
      assert.throws(() => openBox(key, { ...at, ...other }, box), codes('FORGED'));
    assert.throws(() => openBox(key, at, box.subarray(0, 8)), codes('FORGED'));
  });
});

describe('a ledger', () => {
  let whole: { lines: string[]; heads: LedgerHead[] };
  const ledger = (count: number, keys: Keys | ((number: number) => Keys) = own, operator = 'a') => {
    const lines: string[] = [];
    const heads: LedgerHead[] = [noLedger];
    for (let number = 1; number <= count; number += 1) {
      const entry: LedgerEntry = {
        ...place,
        number,
        previous: heads.at(-1)?.head ?? '',
        recording: recordingId(Math.ceil(number / 2) * 1000, `abcdefg${operator}`),
        what: number % 2 === 1 ? 'begin' : 'end',
        ...{ link: '', lines: 1, timeMs: number },
      };
      const statement = Buffer.from(entryStatement(entry));
      const signer = sshKeyOf(typeof keys === 'function' ? keys(number) : keys);
      lines.push(entryLine({ entry, signature: sshSignature(signer, recordingNamespace, statement) }));
      heads.push({ count: number, head: entryHash(entry) });
    }
    return { lines, heads };
  };
  const ask = (
    lines: readonly string[],
    heads: readonly (LedgerHead & { readonly place?: number })[],
    seals = sealsOf(own),
  ) =>
    checkLedger({
      ...{ fleet: 'acme', device: 'pump-17', lines, seals },
      heads: heads.map(head => ({ place: 0, ...head })),
    });
  before(() => {
    whole = ledger(6);
  });

  test('as the device made it is sound, also where the oldest entries are not kept any more', () => {
    const { recordings, gone } = ask(whole.lines, whole.heads);
    assert.equal(recordings.size, 3);
    assert.equal(gone, 0);
    assert.equal(ask(whole.lines.slice(3), whole.heads).gone, 3);
  });
  test('that a gateway has shortened is short', () => {
    assert.throws(() => ask(whole.lines.slice(0, -1), whole.heads), { code: 'SESSION_LEDGER_SHORT' });
    assert.throws(() => ask([], whole.heads), { code: 'SESSION_LEDGER_SHORT' });
  });
  test('without one in the middle, or signed by a thief of another key, is told from the device’s', () => {
    assert.throws(() => ask(without(whole.lines, 2), whole.heads), codes('REORDERED'));
    assert.throws(() => ask(ledger(6, thief).lines, whole.heads), codes('FOREIGN'));
    assert.throws(() => ask(whole.lines.with(2, ledger(6, own, 'b').lines[2] ?? ''), []), codes('FORGED'));
  });
  test('a stolen device key cannot rewrite what was counted in an earlier signed status', () => {
    const rewritten = ledger(6, own, 'b');
    assert.throws(() => ask(rewritten.lines, whole.heads.slice(0, 3)), { code: 'SESSION_LEDGER_OTHER' });
    // Longer than it was: what was counted is compared where it was counted.
    assert.throws(() => ask(ledger(9, own, 'b').lines, [whole.heads[2] ?? noLedger]), {
      code: 'SESSION_LEDGER_OTHER',
    });
  });
  test('goes on under a renewed key; from then on the one before signs nothing more in it', () => {
    const both = sealsOf(own, renewed);
    const { lines, heads } = ledger(6, number => (number < 4 ? own : renewed));
    assert.equal(ask(lines, heads, both).recordings.size, 3);
    const again = ledger(6, number => (number < 4 || number > 5 ? own : renewed));
    assert.throws(() => ask(again.lines, again.heads, both), codes('FOREIGN'));
    assert.equal(ask(again.lines, [], sealsOf(own, renewed, own)).count, 6);
  });
  test('of a device that has a new key is not made longer by who holds the old one', () => {
    const both = sealsOf(own, renewed);
    const counted = whole.heads[3] ?? noLedger;
    assert.equal(ask(whole.lines, [counted], both).count, 6);
    assert.throws(() => ask(whole.lines, [{ ...counted, place: 1 }], both), codes('FOREIGN'));
  });
});

describe('a recording of a device whose key was renewed', () => {
  const both = sealsOf(own, renewed);
  test('is judged by the key that the commit names by which its person was let in, or a newer one', () => {
    check(recorded(3), both);
    check(recorded(3, own, place, { ender: renewed }), both);
    check(recorded(3, renewed, place, { commit: '0' }), both);
    check(recorded(3, renewed, place, { commit: '1' }), both);
  });
  test('is foreign where the old key has signed it for a later commit, goes on behind the new one, or the ledger names it by the new', () => {
    assert.throws(() => check(recorded(3, own, place, { commit: '1' }), both), codes('FOREIGN'));
    assert.throws(() => check(recorded(3, renewed, place, { ender: own }), both), codes('FOREIGN'));
    assert.throws(() => check(recorded(3), both, 1), codes('FOREIGN'));
  });
});
