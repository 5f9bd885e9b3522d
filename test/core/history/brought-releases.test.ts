import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeBy } from '../../../cli/release/made-by.ts';
import { BroughtReleases } from '../../../core/history/brought-releases.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';

const { signal } = new AbortController();
const file = (app: string, version: string) => `apps/${app}/releases/${version}/release.yaml`;

test('the commit that brought each release is the one that git names, also where it came a second time, and by a merge', async () => {
  const repository = await makeRepository();
  const line: ObjectId[] = [];
  const commit = async (files: Record<string, string | null>, parents = line.slice(-1)) => {
    const id = await repository.commit({
      parents,
      branch: null,
      files,
      timeSec: 1_700_000_000 + line.length,
    });
    line.push(id);
    return id;
  };
  await commit({ 'fleet.yaml': 'a', [file('hello', '1.0.0')]: '1' });
  await commit({ [file('hello', '1.1.0')]: '1', [file('pump', '2.0.0')]: '1', 'apps/README.md': 'x' });
  await commit({ 'fleet.yaml': 'b' });
  await commit({ [file('hello', '1.0.0')]: null });
  const base = line.at(-1) ?? '';
  const beside = await repository.commit({
    parents: [base],
    branch: null,
    files: { [file('pump', '2.1.0')]: '1' },
    timeSec: 1_700_000_100,
  });
  await commit({ 'fleet.yaml': 'c', [file('pump', '2.1.0')]: '1' }, [base, beside]);
  await commit({ [file('hello', '1.0.0')]: '2', 'apps/hello/compose.yaml': 'x' });
  const brought = new BroughtReleases(repository);
  const apps = ['hello', 'pump'];
  for (const at of [2, 4, 5, 3]) {
    const head = line[at] ?? '';
    const git = await madeBy({ gitDirectory: repository.path, head, apps }, signal);
    const found = new Map(
      [...git.keys()].map(path => [path, brought.at(head, signal).then(all => all.get(path))] as const),
    );
    for (const [path, id] of git) assert.equal(await found.get(path), id, `${path} at ${at}`);
  }
  await repository.remove();
});
