/** Which backups go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { superfluous } from '../../../core/backup/keep.ts';

const day = 24 * 60 * 60_000;
const nowMs = 100 * day;
/** Newest first, one a day, each of 10 bytes. */
const backups = ['e', 'd', 'c', 'b', 'a'].map((id, age) => ({ id, atMs: nowMs - age * day, bytes: 10 }));
const free = { nowMs, needed: new Set<string>() };

test('of as many as are kept the oldest go, the oldest first', () => {
  assert.deepEqual(superfluous(backups, { number: 3 }, free), ['a', 'b']);
  assert.deepEqual(superfluous(backups, { number: 9 }, free), []);
});

test('those that are too old go', () => {
  assert.deepEqual(superfluous(backups, { number: 9, ageMs: 2 * day }, free), ['a', 'b']);
});

test('those that are too many bytes together go', () => {
  assert.deepEqual(superfluous(backups, { number: 9, bytes: 25 }, free), ['a', 'b', 'c']);
});

test('the newest stays, however old or large it is', () => {
  const old = { nowMs: nowMs + 1_000 * day, needed: new Set<string>() };
  assert.deepEqual(superfluous(backups, { number: 1, ageMs: 1, bytes: 1 }, old), ['a', 'b', 'c', 'd']);
});

test('one that a restore or an update needs stays, and counts among those that are kept', () => {
  const needed = { nowMs, needed: new Set(['a']) };
  assert.deepEqual(superfluous(backups, { number: 3 }, needed), ['b', 'c']);
  assert.deepEqual(superfluous(backups, { number: 1 }, needed), ['b', 'c', 'd']);
});

test('where a newer one is too large, an older one does not stay in its place', () => {
  const large = backups.map(one => (one.id === 'd' ? { ...one, bytes: 100 } : one));
  assert.deepEqual(superfluous(large, { number: 9, bytes: 50 }, free), ['a', 'b', 'c', 'd']);
});
