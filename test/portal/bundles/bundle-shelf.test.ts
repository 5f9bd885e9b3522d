/** Whose bundles lie at the page, and who gives way. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import type { BundleHome } from '../../../portal/bundles/bundle-home.ts';
import { BundleShelf } from '../../../portal/bundles/bundle-shelf.ts';
import { viewerOf } from '../rig/served-portal.ts';

describe('bundles that lie at the page', () => {
  let folder: string;
  let shelf: BundleShelf;
  /** Set: what is made comes no further. */
  let held: Promise<void> | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tl-shelf-'));
    held = undefined;
    const home: BundleHome = {
      folder,
      may: () => true,
      judge: async () => undefined,
      make: async () => ({
        ...{ commit: '0'.repeat(40), bytes: 1, notes: [] },
        pieces: async function* () {
          await held;
          yield Buffer.from('x');
        },
        [Symbol.asyncDispose]: async () => undefined,
      }),
      takeBack: async () => Promise.reject(new Error('not here')),
    };
    shelf = new BundleShelf({ home, clock: new PutClock() });
  });
  afterEach(async () => {
    await shelf[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const person = (name: string) => viewerOf(name, new AbortController().signal);
  const made = async (name: string): Promise<string> => {
    const viewer = person(name);
    const { id } = await shelf.begin(viewer, { device: 'pump-1', since: undefined });
    while (shelf.find(viewer, id).state === 'making') await new Promise(setImmediate);
    assert.equal(shelf.find(viewer, id).state, 'ready');
    return id;
  };

  test('keep nobody else from theirs: where there is no room, the oldest of who has most gives way', async () => {
    const first = new Map<string, string>();
    for (const name of ['a', 'b', 'c', 'd'])
      for (let at = 0; at < 3; at += 1) {
        const id = await made(name);
        if (at === 0) first.set(name, id);
      }
    for (const name of ['e', 'f', 'g']) await made(name);
    for (const name of ['a', 'b', 'c'])
      assert.throws(() => shelf.find(person(name), first.get(name) ?? ''), { code: 'PORTAL_NOT_FOUND' });
    assert.equal(shelf.find(person('d'), first.get('d') ?? '').state, 'ready');
  });

  test('are made one at a time for each person, however many they ask for at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    const wish = { device: 'pump-1', since: undefined };
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => shelf.begin(person('a'), wish)));
    resolve();
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
  });
});
