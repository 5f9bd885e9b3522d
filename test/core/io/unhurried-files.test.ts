import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RepositoryEntry, RepositoryFiles } from '../../../core/fleet/repository-files.ts';
import { UnhurriedFiles } from '../../../core/io/git/unhurried-files.ts';

const entries: RepositoryEntry[] = Array.from({ length: 2000 }, (_, index) => ({
  path: `devices/pump-${index}.yaml`,
  mode: '100644',
  id: String(index).padStart(40, '0'),
}));

/** All of it in memory: nothing in it ever waits. */
const inMemory: RepositoryFiles = {
  async *list() {
    yield* entries;
  },
  blob: async id => Buffer.from(id),
  fileAt: async (_commit, path) => ({ mode: '100644', bytes: Buffer.from(path), id: '' }),
};

test('a repository of thousands of files that is in memory is listed in turns: polls are answered in between', async () => {
  let turns = 0;
  let listing = true;
  const count = () => {
    turns += 1;
    if (listing) setImmediate(count);
  };
  setImmediate(count);
  const files = new UnhurriedFiles(inMemory);
  const listed: RepositoryEntry[] = [];
  for await (const entry of files.list('0'.repeat(40), '')) listed.push(entry);
  listing = false;
  assert.deepEqual(listed, entries);
  assert.ok(turns >= entries.length / 250, `${turns} turns`);
  assert.equal((await files.blob('a', 1)).toString(), 'a');
  assert.equal((await files.fileAt('', 'fleet.yaml', 1))?.bytes.toString(), 'fleet.yaml');
});
