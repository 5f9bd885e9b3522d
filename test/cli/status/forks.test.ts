/** A fleet whose devices trust many commits: who is only behind is no fork, and costs no walk. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findForks } from '../../../cli/status/forks.ts';
import { readLineage } from '../../../cli/status/listed-lineage.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';

let fleet: TestFleet;
const line: string[] = [];
const { signal } = new AbortController();
before(async () => {
  fleet = await makeFleet();
  for (let at = 0; at < 12; at += 1) {
    await fleet.git('-c', 'commit.gpgsign=false', 'commit', '-q', '--allow-empty', '--no-verify', '-m', 'x');
    line.push(await fleet.git('rev-parse', 'HEAD'));
  }
});
after(async () => await fleet[Symbol.asyncDispose]());

const forksOf = async (...commits: string[]) => {
  const trusting = new Map(commits.map((commit, at) => [commit, `pump-${at}`]));
  const lineage = await readLineage(fleet.directory, line.at(-1) ?? '', commits, signal);
  return await findForks({ directory: fleet.directory, trusting, lineage }, signal);
};

test('of devices that are behind nothing is asked but how they lie to each other', async () => {
  const anchor = await fleet.git('config', 'towline.anchor');
  // By it a walk begins: without it there is none.
  await fleet.git('config', 'towline.anchor', '1'.repeat(40));
  assert.deepEqual(await forksOf(...line), []);
  await fleet.git('config', 'towline.anchor', anchor);
});

test('a commit that this clone does not have is warned of once, however many others there are', async () => {
  const [missing, other] = ['d'.repeat(40), 'e'.repeat(40)];
  const forks = await forksOf(missing, ...line, other);
  assert.deepEqual(
    forks.map(({ kind, commits }) => [kind, commits.filter(commit => !line.includes(commit))]),
    [
      ['unproven', [missing]],
      ['unproven', [other]],
    ],
  );
  assert.deepEqual(forks[0]?.devices, ['pump-0', 'pump-1']);
});
