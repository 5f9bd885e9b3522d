/** Where a walk moves sideways, and where it must not: no way back, no second use, no word that nobody gave. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { RawObject } from '../../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../../core/trust/line/trusted-state.ts';
import type { SidewaysMemory } from '../../../core/trust/sideways-memory.ts';
import { walk } from '../../../core/trust/walk.ts';
import { type ApprovalOptions, makeApproval } from '../../rig/approvals.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';
import { twinOf } from '../../rig/twins.ts';

const app = 'apps/web/compose.yaml';
const hour = 3600;

describe('a walk that is not on the line of main', () => {
  let people: People;
  let fleet: PolicedFleet;
  const start = Math.floor(Date.now() / 1000) - 10 * hour;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people, {}, start);
  });
  afterEach(() => fleet.repository.remove());

  const commit: PolicedFleet['repository']['commit'] = options =>
    fleet.repository.commit({ branch: null, timeSec: start, ...options });

  const signed = (parent: string, files: Record<string, string> = {}, timeSec = start): Promise<string> =>
    commit({ parents: [parent], signer: people.alice, files, timeSec });

  async function approval(base: string, head: string, options: Partial<ApprovalOptions> = {}) {
    const statement = { timeSec: start + 60, expiresSec: start + 100 * hour, ...options.statement };
    const given = { signer: people.alice, principal: 'alice', base, head, ...options, statement };
    const { path, content } = await makeApproval(fleet.repository, given);
    return { [path]: content };
  }

  async function trusting(head: string, from?: TrustedState): Promise<TrustedState> {
    const { stopped, trusted } = await fleet.walk.walk(head, from);
    assert.deepEqual([stopped?.message, trusted.commit], [undefined, head]);
    return trusted;
  }

  async function stays(head: string, from: TrustedState, code: string): Promise<void> {
    const { stopped, trusted } = await fleet.walk.walk(head, from);
    assert.equal(stopped?.code, code, stopped?.message);
    assert.deepEqual(trusted, from);
  }

  test('a revert is not undone: the tree was there before, the history was not', async () => {
    const change = await signed(fleet.anchor, { [app]: '1' });
    const reverted = await trusting(await signed(change, { [app]: 'services: {}\n' }));
    const other = await signed(fleet.anchor, { 'apps/other': '1' });
    await stays(other, reverted, 'TRUST_NOT_A_DESCENDANT');
    await stays(await twinOf(fleet.repository, change), reverted, 'TRUST_NOT_A_DESCENDANT');
  });

  test('main that was rewound is no twin, even where only empty steps are missing', async () => {
    const first = await signed(fleet.anchor, { [app]: '1' });
    const empty = await trusting(await signed(first, {}, start + hour));
    await stays(first, empty, 'TRUST_NOT_A_DESCENDANT');
    await stays(fleet.anchor, empty, 'TRUST_NOT_A_DESCENDANT');
    await stays(await signed(first, { [app]: '2' }, start + 2 * hour), empty, 'TRUST_NOT_A_DESCENDANT');
  });

  test('time does not go back, and empty steps that moved it do not strand', async () => {
    const first = await signed(fleet.anchor, { [app]: '1' });
    const one = await signed(first, {}, start + hour);
    const two = await signed(one, {}, start + 3 * hour);
    const last = await signed(two, { [app]: '2' }, start + 4 * hour);
    const misled = await trusting(await twinOf(fleet.repository, two));
    for (const head of [first, one]) {
      const moved = await fleet.walk.walk(head, misled);
      assert.equal(moved.trusted.lineTimeSec, misled.lineTimeSec);
      await trusting(last, moved.trusted);
    }
    assert.equal((await trusting(last, misled)).lineTimeSec, start + 4 * hour);
  });

  test('an approval that was used here only, and is newer than what main signed since, does not strand', async () => {
    const change = await commit({ parents: [fleet.anchor], files: { [app]: '1' } });
    const late = await approval(fleet.anchor, change, {
      signer: people.bob,
      principal: 'bob',
      statement: { timeSec: start + 5 * hour },
    });
    const misled = await trusting(await commit({ parents: [fleet.anchor], tree: change, files: late }));
    const main = await signed(fleet.anchor, { [app]: '1' }, start + hour);
    const next = await signed(main, { [app]: '2' }, start + 2 * hour);
    const caughtUp = await signed(next, { [app]: '3' }, start + 6 * hour);
    const moved = await fleet.walk.walk(main, misled);
    assert.deepEqual([moved.stopped, moved.trusted.commit], [undefined, main]);
    assert.equal(moved.trusted.lineTimeSec, misled.lineTimeSec);
    for (const from of [misled, moved.trusted]) {
      const { trusted } = await fleet.walk.walk(next, from);
      assert.equal(trusted.lineTimeSec, misled.lineTimeSec);
      assert.equal((await trusting(caughtUp, trusted)).lineTimeSec, start + 6 * hour);
      await trusting(caughtUp, from);
    }
  });

  test('an approval that was used under another id does not count again', async () => {
    const change = await commit({ parents: [fleet.anchor], files: { [app]: '1' } });
    const byAlice = await approval(fleet.anchor, change);
    const byBob = await approval(fleet.anchor, change, { signer: people.bob, principal: 'bob' });
    const misled = await trusting(await commit({ parents: [fleet.anchor], tree: change, files: byAlice }));
    const main = await commit({ parents: [fleet.anchor], tree: change, files: byBob });
    const moved = await trusting(main, misled);
    assert.deepEqual(moved.spent, Object.keys(byAlice));
    const reverted = await signed(main, { [app]: 'services: {}\n' });
    const replayed = await commit({ parents: [reverted], files: { [app]: '1', ...byAlice } });
    const { stopped, trusted } = await fleet.walk.walk(replayed, moved);
    assert.deepEqual([stopped?.code, trusted.commit], ['TRUST_APPROVAL_REPLAYED', reverted]);
    // Another policy, another version: no approval of before counts, so none is remembered.
    const policy = { 'trust/policy.yaml': policyText(people, { version: 2 }) };
    const proposed = await commit({ parents: [reverted], files: policy });
    const root = {
      ...(await approval(reverted, proposed)),
      ...(await approval(reverted, proposed, { signer: people.bob, principal: 'bob' })),
    };
    const raised = await trusting(
      await commit({ parents: [reverted], tree: proposed, files: root }),
      trusted,
    );
    assert.equal(raised.spent, undefined);
  });

  /** Two approved requests: main took them in one order, a device was made to take them in the other. */
  async function otherOrder(): Promise<{ main: string; misled: TrustedState }> {
    const { anchor } = fleet;
    const one = { [app]: '1' };
    const two = { 'apps/other': '2' };
    const oneBy = await approval(anchor, await commit({ parents: [anchor], files: one }));
    const twoBy = await approval(anchor, await commit({ parents: [anchor], files: two }));
    const take = async (first: Record<string, string>, second: Record<string, string>) =>
      commit({ parents: [await commit({ parents: [anchor], files: first })], files: second });
    const main = await take({ ...one, ...oneBy }, { ...two, ...twoBy });
    const misled = await trusting(await take({ ...two, ...twoBy }, { ...one, ...oneBy }));
    await stays(main, misled, 'TRUST_NOT_A_DESCENDANT');
    return { main, misled };
  }

  const joins = (id: string): string => `Mend\n\nTowline-Joins: ${id}\nTowline-Ref: acme/main`;

  test('a commit that names it brings it over: by a trailer, or as a parent', async () => {
    const { main, misled } = await otherOrder();
    const message = joins(misled.commit);
    for (const joint of [
      await commit({ parents: [main], signer: people.carol, trailer: false, message }),
      await commit({ parents: [main, misled.commit], tree: main, signer: people.carol }),
    ]) {
      const next = await signed(joint, { [app]: '3' });
      await trusting(joint, misled);
      await trusting(next, misled);
    }
    const other = joins('1'.repeat(40));
    const unnamed = await commit({ parents: [main], signer: people.alice, trailer: false, message: other });
    await stays(unnamed, misled, 'TRUST_NOT_A_DESCENDANT');
  });

  test('nobody’s word brings it over: an unsigned commit, a name outside the final block, a draft', async () => {
    const { main, misled } = await otherOrder();
    const files = { 'apps/third': '3' };
    const by = await approval(main, await commit({ parents: [main], files }));
    const parents = [main, misled.commit];
    const message = `Merge\n\nTowline-Joins: ${misled.commit}`;
    await stays(
      await commit({ parents, tree: main, files: { ...files, ...by } }),
      misled,
      'TRUST_OFF_THE_LINE',
    );
    await stays(
      await commit({ parents: [main], files: { ...files, ...by }, message }),
      misled,
      'TRUST_NOT_A_DESCENDANT',
    );
    const quoted = `Towline-Joins: ${misled.commit}\n\nAs above`;
    await stays(
      await commit({ parents: [main], signer: people.alice, message: quoted }),
      misled,
      'TRUST_NOT_A_DESCENDANT',
    );
    const draft = await commit({
      parents: [main],
      tree: main,
      signer: people.alice,
      trailer: false,
      message,
    });
    await stays(draft, misled, 'TRUST_NOT_A_DESCENDANT');
  });

  test('where main never had its files, whoever names it must be allowed to change all that differs', async () => {
    const { anchor } = fleet;
    const files = { 'apps/closed': 'a request that was closed' };
    const by = await approval(anchor, await commit({ parents: [anchor], files }));
    const misled = await trusting(await commit({ parents: [anchor], files: { ...files, ...by } }));
    const main = await signed(anchor, { [app]: '2' }, start + hour);
    const message = joins(misled.commit);
    const weak = await commit({ parents: [main], signer: people.carol, trailer: false, message });
    await stays(weak, misled, 'TRUST_NOT_A_DESCENDANT');
    const timeSec = start + hour;
    const mend = await commit({ parents: [main], signer: people.bob, trailer: false, message, timeSec });
    const joined = await trusting(mend, misled);
    assert.deepEqual(joined.spent, Object.keys(by));
    assert.equal(
      (await fleet.repository.git(['ls-tree', '--name-only', mend, 'apps/'])).includes('closed'),
      false,
    );
    await trusting(await signed(mend, { [app]: '3' }, timeSec), joined);
  });

  test('a narrow key cannot lead back to files that a device has had before, and left, and has again', async () => {
    const first = await signed(fleet.anchor, { [app]: '1' });
    const reverted = await signed(first, { [app]: 'services: {}\n' });
    const again = await trusting(await signed(reverted, { [app]: '1' }));
    const message = joins(again.commit);
    for (const parent of [reverted, await signed(first, { [app]: '2' })]) {
      const back = await commit({ parents: [parent], signer: people.carol, trailer: false, message });
      await stays(back, again, 'TRUST_NOT_A_DESCENDANT');
    }
    const mend = await commit({ parents: [reverted], signer: people.bob, trailer: false, message });
    await trusting(mend, again);
  });

  test('nor to an approval that was used before, once its files were left', async () => {
    const { anchor } = fleet;
    const [one, other] = [{ [app]: '1' }, { 'apps/other': '1' }];
    const by = await approval(anchor, await commit({ parents: [anchor], files: one }));
    const used = await commit({ parents: [anchor], files: { ...one, ...by } });
    const left = await trusting(await signed(used, { ...other, [app]: 'services: {}\n' }));
    const again = await commit({ parents: [await signed(anchor, other)], files: { ...one, ...by } });
    const message = joins(left.commit);
    const back = await commit({ parents: [again], signer: people.carol, trailer: false, message });
    await stays(back, left, 'TRUST_NOT_A_DESCENDANT');
  });

  test('a removed key that hides its removal brings nobody over', async () => {
    const { anchor } = fleet;
    const roles = [
      'root: { principals: [alice, bob], threshold: 2 }',
      'deploy: { principals: [bob] }',
      'tunnels: { principals: [carol] }',
      'timestamp: { principals: [bot] }',
    ];
    const files = { 'trust/policy.yaml': policyText(people, { version: 2, roles }) };
    const proposed = await commit({ parents: [anchor], files });
    const root = {
      ...(await approval(anchor, proposed)),
      ...(await approval(anchor, proposed, { signer: people.bob, principal: 'bob' })),
    };
    const rotated = await trusting(await commit({ parents: [anchor], tree: proposed, files: root }));
    const hidden = await signed(anchor, { [app]: 'evil' });
    for (const tree of [hidden, rotated.commit]) {
      const parents = [hidden, rotated.commit];
      await stays(await commit({ parents, tree, signer: people.alice }), rotated, 'TRUST_OFF_THE_LINE');
    }
  });

  test('a bad head is walked to once, and the next one from where the last came to', async () => {
    const { repository, anchor } = fleet;
    let head = anchor;
    const line: string[] = [];
    for (let number = 0; number < 30; number += 1) {
      head = await signed(head, { [app]: `${number}` });
      line.push(head);
    }
    const misled = await trusting(await signed(anchor, { 'apps/other': '1' }));
    await using source = new GitCatFileSource(repository.path);
    let reads = 0;
    const counted = {
      read: (id: string, maxBytes?: number): Promise<RawObject | undefined> => {
        reads += 1;
        return source.read(id, maxBytes);
      },
    };
    const sideways: SidewaysMemory = { marks: [] };
    const cost = async (to: string): Promise<number> => {
      reads = 0;
      const reader = new ObjectReader(counted, { maxBatchCommits: 7 });
      const result = await walk({
        reader,
        trusted: misled,
        head: to,
        sideways,
        signal: AbortSignal.timeout(60_000),
      });
      assert.equal(result.stopped?.code, 'TRUST_NOT_A_DESCENDANT');
      return reads;
    };
    const first = await cost(line.at(-1) ?? '');
    const again = await cost(line.at(-1) ?? '');
    const next = await cost(await signed(head, { [app]: 'next' }));
    const other = await cost(await signed(line[20] ?? '', { [app]: 'other' }));
    assert.ok(again < first / 4, `${again} reads for the same head, ${first} for the first time`);
    assert.ok(next - again < first / 3, `${next} reads for the next head, ${first} for the first one`);
    assert.ok(other - again < first / 2, `${other} reads for one that parts at 20 of 30`);
  });
});
