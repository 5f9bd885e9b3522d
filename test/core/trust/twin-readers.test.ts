/** Who else compares commits by id: freshness, and the proof of a fork. Twins are one history to both. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { judgeFork, type OwnWalk } from '../../../core/trust/fork.ts';
import { judgeFreshness } from '../../../core/trust/freshness.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { treeMark } from '../../../core/trust/line/history.ts';
import type { ReachedMemory } from '../../../core/trust/reached.ts';
import { formatTimestamp, type Timestamp } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  removePeople,
} from '../../rig/policed-fleet.ts';
import { twinOf } from '../../rig/twins.ts';

const app = 'apps/web/compose.yaml';
const { signal } = new AbortController();
const now = Math.floor(Date.now() / 1000);

describe('twins, to those who compare commits', () => {
  let people: People;
  let fleet: PolicedFleet;
  let source: GitCatFileSource;
  /** Main: three signed commits. */
  let main: string[];
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people);
    source = new GitCatFileSource(fleet.repository.path);
    main = [];
    for (const text of ['1', '2', '3'])
      main.push(await fleet.repository.commit({ signer: people.alice, files: { [app]: text } }));
  });
  afterEach(async () => {
    await source[Symbol.asyncDispose]();
    await fleet.repository.remove();
  });

  const reader = (): ObjectReader => new ObjectReader(source);
  const at = (index: number): string => main[index] ?? '';

  test('a timestamp that names a twin of what was reached is fresh; one of what was not, is not', async () => {
    const { trusted } = await fleet.walk.walk(at(1));
    const judge = async (timestamp: Partial<Timestamp>, memory: ReachedMemory = {}) => {
      const stamped = { fleet: 'acme', head: at(1), timeSec: now, ...timestamp };
      const limits = { nowSec: now, maxAgeSec: 7200, signal };
      return (await judgeFreshness({ reader: reader(), trusted, timestamp: stamped, memory, ...limits }))
        .stale;
    };
    for (const index of [0, 1])
      assert.equal(await judge({ head: await twinOf(fleet.repository, at(index)) }), false);
    assert.equal(await judge({ head: await twinOf(fleet.repository, at(2)) }), true);
    const reverted = await fleet.repository.commit({
      parents: [at(1)],
      signer: people.alice,
      files: { [app]: '1' },
      branch: null,
    });
    assert.equal(await judge({ head: reverted }), true, 'the tree was there, the revert is withheld');
    const memory: ReachedMemory = {};
    const twin = await twinOf(fleet.repository, at(1));
    assert.deepEqual([await judge({ head: twin }, memory), memory.reached], [false, true]);
    assert.equal(
      await judge({ head: twin }, { of: `${at(1)} ${twin}`, reached: false }),
      true,
      'it is asked once',
    );
  });

  test('a timestamp whose twin only the bot was shown says which files it saw', async () => {
    const { trusted } = await fleet.walk.walk(at(1));
    const head = 'f'.repeat(40);
    const limits = { reader: reader(), trusted, nowSec: now, maxAgeSec: 7200, signal };
    const stamp = async (commit: string) => (await treeMark(reader(), commit)).toString('hex');
    const stale = async (files: string | undefined) => {
      const timestamp = { fleet: 'acme', head, timeSec: now, ...(files === undefined ? {} : { files }) };
      return (await judgeFreshness({ ...limits, timestamp })).stale;
    };
    assert.equal(await stale(await stamp(at(1))), false);
    assert.equal(await stale(await stamp(at(0))), true, 'what was there before may have been reverted to');
    assert.equal(await stale(await stamp(at(2))), true);
    assert.equal(await stale(undefined), true);
    assert.match(
      formatTimestamp({ fleet: 'acme', head, timeSec: now, files: 'a' }),
      /\ntime \d+\nfiles a\n$/,
    );
  });

  test('twins are no fork, and neither is what comes after one of them', async () => {
    const anchor = await openAnchor(reader(), fleet.anchor);
    const walks = new Map<string, OwnWalk>();
    const judge = async (first: string, second: string) =>
      (await judgeFork({ reader, anchor, first, second, signal, walks })).kind;
    const twin = await twinOf(fleet.repository, at(1));
    for (const commit of main) {
      assert.equal(await judge(twin, commit), 'one-history');
      assert.equal(await judge(commit, twin), 'one-history');
    }
    const other = await fleet.repository.commit({
      parents: [twin],
      signer: people.bob,
      files: { [app]: 'another' },
      branch: null,
    });
    assert.equal(await judge(other, at(2)), 'fork');
    assert.equal(await judge(other, at(1)), 'one-history');
    assert.deepEqual(
      [...walks.keys()].sort(),
      [at(1), at(2), twin, other].sort(),
      'each once, but what is an ancestor',
    );
  });
});
