/** How many changes wait, of one person and in all, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeShelf } from '../../../portal/change/change-shelf.ts';
import type { PendingChange } from '../../../portal/change/pending-change.ts';

/** Of what it is the shelf asks nothing. */
const change = (id: string, viewer: string, madeMs: number, is: 'shown' | 'signing' | 'pushed' = 'shown') =>
  ({ id, viewer, madeMs, stage: { is } }) as PendingChange;

const hourMs = 3_600_000;

test('of one person the oldest that waits gives way, and nobody else’s does', () => {
  const gone: string[] = [];
  const shelf = new ChangeShelf(id => gone.push(id));
  shelf.add(change('bob', 'bob', 0), 0);
  for (let at = 0; at < 100; at += 1) shelf.add(change(`${at}`, 'alice', at), at);
  assert.equal(shelf.size, 9);
  assert.equal(gone.length, 92);
  assert.equal(shelf.of('bob', 'bob', 100).id, 'bob');
  assert.throws(() => shelf.of('alice', '0', 100), { code: 'PORTAL_NOT_FOUND' });
  assert.throws(() => shelf.of('alice', 'bob', 100), { code: 'PORTAL_NOT_FOUND' });
});

test('one that is being signed gives way to none', () => {
  const shelf = new ChangeShelf(() => undefined);
  for (let at = 0; at < 8; at += 1) shelf.add(change(`${at}`, 'alice', at, 'signing'), at);
  assert.throws(() => shelf.add(change('more', 'alice', 20), 20), { code: 'PORTAL_BUSY' });
});

test('in all there is room for so many, until they are old', () => {
  const gone: string[] = [];
  const shelf = new ChangeShelf(id => gone.push(id));
  for (let at = 0; at < 64; at += 1) shelf.add(change(`${at}`, `person-${at}`, 0), 0);
  assert.throws(() => shelf.add(change('more', 'late', 1), 1), { code: 'PORTAL_BUSY' });
  shelf.add(change('later', 'late', hourMs + 1), hourMs + 1);
  assert.equal(shelf.size, 1);
  assert.equal(gone.length, 64, 'what is forgotten is taken away where it lay, too');
});

test('what eight people have signed in a day keeps nobody out: the oldest of it gives way first', () => {
  const gone: string[] = [];
  const shelf = new ChangeShelf(id => gone.push(id));
  for (let at = 0; at < 64; at += 1)
    shelf.add(change(`${at}`, `person-${at % 8}`, at, at < 2 ? 'shown' : 'pushed'), at);
  shelf.add(change('ninth', 'ninth', 64), 64);
  assert.deepEqual(gone, ['2'], 'who has not signed yet may');
  assert.equal(shelf.of('ninth', 'ninth', 64).id, 'ninth');
});

test('eight who propose as much as they may keep nobody out: the oldest of who has most gives way', () => {
  const gone: string[] = [];
  const shelf = new ChangeShelf(id => gone.push(id));
  for (let at = 0; at < 64; at += 1) shelf.add(change(`${at}`, `person-${at % 8}`, at), at);
  for (let at = 0; at < 7; at += 1) shelf.add(change(`late-${at}`, 'late', 64 + at), 64 + at);
  assert.deepEqual(gone, ['0', '1', '2', '3', '4', '5', '6']);
  const asMany = change('late-7', 'late', 71);
  assert.throws(() => shelf.add(asMany, 71), { code: 'PORTAL_BUSY' }, 'nobody has more than they');
  assert.equal(shelf.size, 64);
  assert.equal(shelf.of('late', 'late-0', 80).id, 'late-0');
});
