/** Distances of objects alone are those that git tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLineage } from '../../../cli/status/listed-lineage.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { CommitGraph } from '../../../core/status/commit-graph.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { randomOf } from '../../../lab/rig/generated-pair.ts';

const { signal } = new AbortController();
const none = 'f'.repeat(40);

test('of generated histories with merges, forks and roots of their own, each distance is the same as by git', async () => {
  const repository = await makeRepository();
  await using source = new GitCatFileSource(repository.path);
  try {
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = randomOf(seed);
      const commits: ObjectId[] = [];
      let timeSec = 1_700_000_000 + seed * 1_000_000;
      for (let at = 0; at < 30; at += 1) {
        timeSec += 1 + random(1000);
        const last = commits.slice(-5);
        const parents = new Set(
          commits.length === 0 ? [] : [commits.at(-1 - random(Math.min(3, commits.length))) ?? ''],
        );
        const other = last[random(Math.max(1, last.length))];
        if (random(4) === 0 && other !== undefined) parents.add(other);
        const isRoot = random(20) === 0;
        const files = { [`${seed}-${at}`]: '' };
        commits.push(
          await repository.commit({ parents: isRoot ? [] : [...parents], timeSec, branch: null, files }),
        );
      }
      const named = [...commits.filter(() => random(3) === 0), none];
      const target = commits.at(-1) ?? '';
      const git = await readLineage(repository.path, target, named, signal);
      const own = await new CommitGraph(source).lineage(target, named, signal);
      for (const one of named) {
        assert.deepEqual(own.distance(one), git.distance(one), `seed ${seed}`);
        for (const other of named)
          assert.equal(own.isOneLine(one, other), git.isOneLine(one, other), `seed ${seed}`);
      }
    }
  } finally {
    await repository.remove();
  }
});

test('a long history is read as far back as the oldest that is named, and once', async () => {
  const repository = await makeRepository();
  const commits: ObjectId[] = [];
  for (let at = 0; at < 60; at += 1)
    commits.push(
      await repository.commit({
        parents: commits.slice(-1),
        timeSec: 1_700_000_000 + at,
        branch: null,
        files: { [`${at}`]: '' },
      }),
    );
  const reads: string[] = [];
  const source = {
    read: async (id: ObjectId, maxBytes?: number) => {
      reads.push(id);
      return await repository.read(id, maxBytes);
    },
  };
  const graph = new CommitGraph(source);
  const [head = '', behind = ''] = [commits.at(-2), commits.at(-6)];
  assert.deepEqual((await graph.lineage(head, [behind], signal)).distance(behind)?.behind, 4);
  assert.ok(reads.length < 10, `${reads.length} reads`);
  reads.length = 0;
  const next = commits.at(-1) ?? '';
  assert.deepEqual((await graph.lineage(next, [behind, head], signal)).distance(behind)?.behind, 5);
  assert.deepEqual([...new Set(reads)], [next]);
  await repository.remove();
});
