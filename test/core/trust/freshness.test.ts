/** A withheld update looks like silence; two histories look like one to each device. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { judgeFork } from '../../../core/trust/fork.ts';
import { judgeFreshness } from '../../../core/trust/freshness.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import {
  emptyTree,
  formatTimestamp,
  type Timestamp,
  verifyTimestamp,
} from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import type { Signer } from '../../../lab/rig/keys.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  removePeople,
} from '../../rig/policed-fleet.ts';

const { signal } = new AbortController();
const now = Math.floor(Date.now() / 1000);
const app = 'apps/web/compose.yaml';

describe('freshness and forks', () => {
  let people: People;
  let fleet: PolicedFleet;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people, {}, now - 3600);
  });
  afterEach(() => fleet.repository.remove());

  async function stamp(signer: Signer, statement: Timestamp, timeSec = statement.timeSec): Promise<string> {
    await fleet.repository.store('tree', '');
    const time = `${timeSec} +0000`;
    const environment = { ...signer.environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time };
    const input = formatTimestamp(statement);
    return fleet.repository.git(['commit-tree', '-S', emptyTree], {
      config: signer.gitConfig,
      environment,
      input,
    });
  }

  async function verify(id: string): Promise<Timestamp> {
    await using source = new GitCatFileSource(fleet.repository.path);
    const reader = new ObjectReader(source);
    return await verifyTimestamp({ reader, trusted: await openAnchor(reader, fleet.anchor), id });
  }

  test('a statement by the bot is verified; by anybody else, for another fleet, or with another time it is not', async () => {
    const statement = { fleet: 'acme', head: fleet.anchor, timeSec: now };
    assert.deepEqual(await verify(await stamp(people.bot, statement)), statement);
    const bad = [
      await stamp(people.alice, statement),
      await stamp(people.mallory, statement),
      await stamp(people.bot, { ...statement, fleet: 'other' }),
      await stamp(people.bot, statement, now + 5),
      await fleet.repository.commit({ signer: people.bot, branch: null }),
    ];
    for (const id of bad) await assert.rejects(verify(id), { code: 'TRUST_TIMESTAMP' });
  });

  test('the statement can never be fast-forwarded into main', async () => {
    const id = await stamp(people.bot, { fleet: 'acme', head: fleet.anchor, timeSec: now });
    assert.equal((await fleet.walk.walk(id)).stopped?.code, 'TRUST_NOT_A_DESCENDANT');
  });

  test('stale: no statement, an old one, or one whose head was not reached', async () => {
    const { repository, anchor } = fleet;
    const withheld = await repository.commit({ signer: people.alice, files: { [app]: '1' }, branch: null });
    await using source = new GitCatFileSource(repository.path);
    const reader = new ObjectReader(source);
    const trusted = await openAnchor(reader, anchor);
    const judge = async (timestamp: Timestamp | undefined, nowSec = now) =>
      judgeFreshness({ reader, trusted, timestamp, nowSec, maxAgeSec: 7200, signal });
    const stamped = { fleet: 'acme', head: anchor, timeSec: now };
    assert.deepEqual(await judge(stamped), { reached: true, ageSec: 0, stale: false });
    assert.equal((await judge(stamped, now + 7200)).stale, false);
    assert.equal((await judge(stamped, now + 7201)).stale, true);
    assert.equal((await judge(undefined)).stale, true);
    assert.deepEqual((await judge({ ...stamped, head: withheld })).reached, false);
    assert.equal((await judge({ ...stamped, head: withheld })).stale, true);
    assert.equal((await judge(stamped, 0)).ageSec, 0, 'a clock at 1970 is helped by line time');
  });

  test('stale: a head behind a further parent alone, which the merge may have left out', async () => {
    const { repository, anchor } = fleet;
    const stamped = await repository.commit({ signer: people.alice, files: { [app]: '1' } });
    const around = await repository.commit({
      parents: [anchor, stamped],
      tree: anchor,
      signer: people.alice,
    });
    const over = await repository.commit({ parents: [stamped, around], tree: anchor, signer: people.alice });
    await using source = new GitCatFileSource(repository.path);
    const reader = new ObjectReader(source);
    const timestamp = { fleet: 'acme', head: stamped, timeSec: now };
    const judge = async (commit: string) => {
      const { trusted } = await fleet.walk.walk(commit);
      const freshness = await judgeFreshness({
        ...{ reader, trusted, timestamp, nowSec: now, maxAgeSec: 7200, signal },
      });
      return [trusted.commit === commit, freshness.reached, freshness.stale];
    };
    assert.deepEqual(await judge(around), [true, false, true]);
    assert.deepEqual(await judge(over), [true, true, false]);
  });

  test('two accepted commits of which neither descends from the other prove a fork; differing heads alone do not', async () => {
    const { repository, anchor } = fleet;
    const base = await repository.commit({ signer: people.alice, files: { [app]: '0' } });
    const [one, two, unsigned] = [
      await repository.commit({ parents: [base], signer: people.alice, files: { [app]: '1' }, branch: null }),
      await repository.commit({ parents: [base], signer: people.bob, files: { [app]: '2' }, branch: null }),
      await repository.commit({ parents: [base], files: { [app]: '3' }, branch: null }),
    ];
    await using source = new GitCatFileSource(repository.path);
    const reader = (): ObjectReader => new ObjectReader(source);
    const trusted = await openAnchor(reader(), anchor);
    const judge = async (first: string, second: string) =>
      (await judgeFork({ reader, anchor: trusted, first, second, signal })).kind;
    assert.equal(await judge(one, two), 'fork');
    assert.equal(await judge(base, two), 'one-history');
    assert.equal(await judge(two, base), 'one-history');
    assert.equal(await judge(one, unsigned), 'unproven');
    assert.equal(await judge(one, 'f'.repeat(40)), 'unproven');
  });
});
