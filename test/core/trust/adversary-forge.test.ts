/** The forge is in wrong hands: it makes merges, moves main and replays what people once approved. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type ApprovalOptions, type MadeApproval, makeApproval } from '../../rig/approvals.ts';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';

const app = 'apps/web/compose.yaml';

describe('a forge in wrong hands', () => {
  let people: People;
  let fleet: PolicedFleet;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people);
  });
  afterEach(() => fleet.repository.remove());

  /** A branch off the anchor with a change and an approval of it by alice; main stays. */
  async function approvedBranch(
    options: Partial<ApprovalOptions> = {},
    files: Record<string, string> = { [app]: 'services: {web: {image: a}}\n' },
  ): Promise<{ change: string; head: string; approval: MadeApproval }> {
    const { repository, anchor } = fleet;
    const change = await repository.commit({ parents: [anchor], files, branch: 'feature' });
    const signer = options.signer ?? people.alice;
    const principal = options.principal ?? 'alice';
    const approval = await makeApproval(repository, {
      base: anchor,
      head: change,
      ...options,
      signer,
      principal,
    });
    const head = await repository.commit({
      parents: [change],
      files: { [approval.path]: approval.content },
      branch: 'feature',
    });
    return { change, head, approval };
  }

  /** Stops with this code on both: a device that follows live, and one that comes back a year later. */
  async function assertStops(code: string, trusted: string, path?: string): Promise<void> {
    // The walk itself is made both ways, and fails where they differ.
    const { stopped, trusted: reached } = await fleet.walk.walk();
    assert.equal(stopped?.code, code, stopped?.message);
    assert.equal(reached.commit, trusted);
    if (path !== undefined) assert.equal(stopped?.path, path);
  }

  async function assertTrusted(head: string): Promise<void> {
    const result = await fleet.walk.walk();
    assert.equal(result.stopped, undefined, result.stopped?.message);
    assert.equal(result.trusted.commit, head);
  }

  test('merge button: an unsigned merge of an approved branch is taken', async () => {
    const { head } = await approvedBranch();
    await assertTrusted(
      await fleet.repository.commit({ parents: [fleet.anchor, head], tree: head, message: 'Merge' }),
    );
  });

  test('squash button: one unsigned commit with change and approval is taken', async () => {
    const { head } = await approvedBranch();
    await assertTrusted(await fleet.repository.commit({ tree: head, message: 'Squashed (#1)' }));
  });

  test('rebase button: several unsigned commits are taken as one step', async () => {
    const { change, head } = await approvedBranch();
    await fleet.repository.commit({ tree: change, message: 'Rebased 1' });
    const last = await fleet.repository.commit({ tree: head, message: 'Rebased 2' });
    const result = await fleet.walk.walk();
    assert.deepEqual(
      result.accepted.map(step => [step.commit, step.commits, step.vouched]),
      [[last, 2, ['alice']]],
    );
  });

  test('merge button after main moved in other paths: the approval still fits', async () => {
    const { repository } = fleet;
    const { head, approval } = await approvedBranch();
    await repository.commit({ signer: people.alice, files: { 'apps/other/compose.yaml': 'services: {}\n' } });
    const tree = await repository.commit({
      branch: null,
      files: { [app]: 'services: {web: {image: a}}\n', [approval.path]: approval.content },
    });
    await assertTrusted(
      await repository.commit({ parents: [await repository.head(), head], tree, message: 'Merge' }),
    );
  });

  test('forged merge: nobody vouched', async () => {
    const evil = await fleet.repository.commit({
      parents: [fleet.anchor],
      files: { [app]: 'evil' },
      branch: 'evil',
    });
    await fleet.repository.commit({
      parents: [fleet.anchor, evil],
      tree: evil,
      message: 'Merge pull request',
    });
    await assertStops('TRUST_UNSIGNED', fleet.anchor, app);
  });

  test('evil merge: the merge itself adds something to an approved branch', async () => {
    const { head } = await approvedBranch();
    await fleet.repository.commit({
      parents: [fleet.anchor, head],
      tree: head,
      files: { 'apps/web/x': 'evil' },
    });
    await assertStops('TRUST_APPROVAL_OTHER_CHANGE', fleet.anchor);
  });

  test('squash with something added, or with another content of the same path', async () => {
    const { head } = await approvedBranch();
    await fleet.repository.commit({ tree: head, files: { [app]: 'services: {web: {image: evil}}\n' } });
    await assertStops('TRUST_APPROVAL_OTHER_CHANGE', fleet.anchor);
  });

  test('mode-only change beside an approved one', async () => {
    const { head } = await approvedBranch();
    await fleet.repository.commit({
      tree: head,
      files: { [app]: { mode: '100755', content: 'services: {web: {image: a}}\n' } },
    });
    await assertStops('TRUST_APPROVAL_OTHER_CHANGE', fleet.anchor);
  });

  test('mode-only change without any', async () => {
    await fleet.repository.commit({ files: { [app]: { mode: '100755', content: 'services: {}\n' } } });
    await assertStops('TRUST_UNSIGNED', fleet.anchor, app);
  });

  test('replayed approval: the change is made, reverted by its author, and made again', async () => {
    const { repository } = fleet;
    const { head, approval } = await approvedBranch();
    const merged = await repository.commit({ tree: head });
    const reverted = await repository.commit({ signer: people.alice, files: { [app]: 'services: {}\n' } });
    await repository.commit({ files: { [app]: 'services: {web: {image: a}}\n' } });
    await assertStops('TRUST_UNSIGNED', reverted, app);
    await repository.setBranch(reverted);
    const other = approval.content.replace(
      '-----BEGIN SSH SIGNATURE-----\n',
      '-----BEGIN SSH SIGNATURE-----\n\n',
    );
    await repository.commit({ files: { [app]: 'services: {web: {image: a}}\n', [approval.path]: other } });
    await assertStops('TRUST_APPROVAL_REPLAYED', reverted, approval.path);
    assert.notEqual(merged, reverted);
  });

  test('a reverted branch merged again brings no new approval', async () => {
    const { repository } = fleet;
    const { head } = await approvedBranch();
    await repository.commit({ parents: [fleet.anchor, head], tree: head, message: 'Merge' });
    const reverted = await repository.commit({ signer: people.alice, files: { [app]: 'services: {}\n' } });
    await repository.commit({ parents: [reverted, head], files: { [app]: 'services: {web: {image: a}}\n' } });
    await assertStops('TRUST_UNSIGNED', reverted, app);
  });

  test('an approval cannot be removed while it could be used again, and can be pruned by root later', async () => {
    const { repository } = fleet;
    const policy = {
      'trust/policy.yaml': policyText(people, {
        roles: [
          'root: { principals: [alice] }',
          'deploy: { principals: [alice, bob] }',
          'tunnels: { principals: [carol] }',
        ],
      }),
    };
    const weak = await makePolicedFleet(people, policy);
    await repository.remove();
    fleet = weak;
    const { head, approval } = await approvedBranch();
    const merged = await fleet.repository.commit({ tree: head });
    await fleet.repository.commit({ signer: people.alice, files: { [approval.path]: null } });
    await assertStops('TRUST_APPROVAL_PRUNED_EARLY', merged, approval.path);
    const inAMonth = Math.floor(Date.now() / 1000) + 30 * 24 * 3600;
    await fleet.repository.setBranch(merged);
    await fleet.repository.commit({
      signer: people.alice,
      timeSec: inAMonth,
      files: { [app]: 'services: {}\n' },
    });
    await assertTrusted(
      await fleet.repository.commit({
        signer: people.alice,
        timeSec: inAMonth,
        files: { [approval.path]: null },
      }),
    );
    const pruned = await fleet.repository.head();
    await fleet.repository.commit({ tree: head });
    await assertStops('TRUST_APPROVAL_EXPIRED', pruned, approval.path);
  });

  test('expired approval, by line time and not by any clock', async () => {
    const { head, approval } = await approvedBranch();
    const inAMonth = Math.floor(Date.now() / 1000) + 30 * 24 * 3600;
    const later = await fleet.repository.commit({
      signer: people.alice,
      timeSec: inAMonth,
      files: { 'apps/b': '1' },
    });
    await fleet.repository.commit({ tree: head, files: { 'apps/b': '1' } });
    await assertStops('TRUST_APPROVAL_EXPIRED', later, approval.path);
  });

  test('re-based approval: its base is not on the trusted line', async () => {
    const { repository, anchor } = fleet;
    const foreign = await repository.commit({
      parents: [],
      tree: anchor,
      branch: null,
      message: 'Elsewhere',
    });
    const { head, approval } = await approvedBranch({ statement: { base: foreign } });
    await repository.commit({ tree: head });
    await assertStops('TRUST_APPROVAL_OTHER_LINE', anchor, approval.path);
  });

  test('approval for another fleet, and of another policy version', async () => {
    const { repository, anchor } = fleet;
    const other = await approvedBranch({ statement: { fleet: 'other' } });
    await repository.commit({ tree: other.head });
    await assertStops('TRUST_APPROVAL_OTHER_LINE', anchor, other.approval.path);
    await repository.setBranch(anchor);
    const old = await approvedBranch({ statement: { policyVersion: 2 } });
    await repository.commit({ tree: old.head });
    await assertStops('TRUST_APPROVAL_POLICY', anchor, old.approval.path);
  });

  test('approval under a second name', async () => {
    const { repository, anchor } = fleet;
    const { head, approval } = await approvedBranch();
    const second = approval.path.replace('.alice.', '.bob.');
    await repository.commit({ tree: head, files: { [second]: approval.content } });
    await assertStops('TRUST_APPROVAL_MALFORMED', anchor, second);
  });

  test('approval with another armour does not count twice', async () => {
    const { repository, anchor } = fleet;
    const trust = { 'notes.txt': 'root decides, two are needed' };
    const { head, approval } = await approvedBranch({}, trust);
    const other = approval.path.replace(/\/[0-9a-f]{2}/, '/00');
    await repository.commit({ tree: head, files: { [other]: approval.content } });
    await assertStops('TRUST_APPROVAL_MALFORMED', anchor, other);
    await repository.setBranch(anchor);
    await repository.commit({ tree: head });
    await assertStops('TRUST_THRESHOLD', anchor, 'notes.txt');
  });

  test('approval placed before its change', async () => {
    const { repository, anchor } = fleet;
    const { approval } = await approvedBranch();
    await repository.commit({ signer: people.alice, files: { [approval.path]: approval.content } });
    await assertStops('TRUST_APPROVAL_OTHER_CHANGE', anchor, approval.path);
  });

  test('an SSH signature made for git is no approval', async () => {
    const { head, approval } = await approvedBranch({ namespace: 'git' });
    await fleet.repository.commit({ tree: head });
    await assertStops('TRUST_BAD_SIGNATURE', fleet.anchor, approval.path);
  });

  test('empty commits with fresh dates move no time', async () => {
    const inAYear = Math.floor(Date.now() / 1000) + 365 * 24 * 3600;
    await fleet.repository.commit({ timeSec: inAYear });
    await assertStops('TRUST_EMPTY_STEP', fleet.anchor);
    await fleet.repository.setBranch(fleet.anchor);
    await fleet.repository.commit({ signer: people.bot, timeSec: inAYear });
    await assertStops('TRUST_EMPTY_STEP', fleet.anchor);
  });

  test('committer dates of unsigned commits move no time', async () => {
    const { head } = await approvedBranch();
    const inAYear = Math.floor(Date.now() / 1000) + 365 * 24 * 3600;
    await fleet.repository.commit({ tree: head, timeSec: inAYear });
    const result = await fleet.walk.walk();
    assert.ok(result.trusted.lineTimeSec < inAYear - 300 * 24 * 3600);
  });

  test('a signed draft fast-forwarded', async () => {
    await fleet.repository.commit({ signer: people.alice, trailer: false, files: { [app]: 'draft' } });
    await assertStops('TRUST_NOT_FOR_MAIN', fleet.anchor, app);
  });

  test('the trailer of another fleet, twice, or not at the end', async () => {
    for (const message of [
      'x\n\nTowline-Ref: other/main',
      'x\n\nTowline-Ref: acme/main\nTowline-Ref: acme/main',
      'Towline-Ref: acme/main\n\nend',
    ]) {
      await fleet.repository.setBranch(fleet.anchor);
      await fleet.repository.commit({ signer: people.alice, trailer: false, message, files: { [app]: 'x' } });
      await assertStops('TRUST_NOT_FOR_MAIN', fleet.anchor, app);
    }
  });

  test('main rewound, and two histories', async () => {
    const { repository, anchor, walk } = fleet;
    await repository.commit({ signer: people.alice, files: { [app]: '1' } });
    const { trusted } = await walk.walk();
    const rewound = await walk.walk(anchor, trusted);
    assert.equal(rewound.stopped?.code, 'TRUST_NOT_A_DESCENDANT');
    assert.equal(rewound.trusted.commit, trusted.commit);
    const other = await repository.commit({
      parents: [anchor],
      signer: people.alice,
      files: { [app]: '2' },
      branch: null,
    });
    assert.equal((await walk.walk(other, trusted)).stopped?.code, 'TRUST_NOT_A_DESCENDANT');
  });

  test('off the line: a merge has the trusted commit as second parent, and its signer may not undo it', async () => {
    const { repository, anchor, walk } = fleet;
    const trustedHead = await repository.commit({ signer: people.alice, files: { [app]: '1' } });
    const { trusted } = await walk.walk();
    const side = await repository.commit({
      parents: [anchor],
      signer: people.carol,
      files: { 'devices/eu/pump.yaml': device.replace('closed', 'open') },
      branch: null,
    });
    const parents = [side, trustedHead];
    const pulled = await repository.commit({ parents, tree: side, signer: people.carol });
    const result = await walk.walk(pulled, trusted);
    assert.equal(result.stopped?.code, 'TRUST_OFF_THE_LINE');
    const mend = await repository.commit({
      parents: [trustedHead, pulled],
      tree: pulled,
      signer: people.alice,
      files: { [app]: '1' },
    });
    assert.equal((await walk.walk(mend, trusted)).trusted.commit, mend);
  });

  test('a revert on top of a bad commit does not mend it, whoever signs', async () => {
    const { repository, anchor } = fleet;
    await repository.commit({ files: { [app]: 'evil' } });
    await repository.commit({ signer: people.alice, files: { [app]: 'services: {}\n' } });
    await assertStops('TRUST_UNSIGNED', anchor, app);
  });

  test('a malformed commit on the line does not hide the good ones before it', async () => {
    const { repository, anchor, walk } = fleet;
    const good = await repository.commit({ signer: people.alice, files: { [app]: 'good' } });
    const raw = await repository.git(['cat-file', 'commit', good]);
    const bad = await repository.store(
      'commit',
      `${raw.replace(/^parent .*$/m, `parent ${good}`).replace('\ngpgsig ', '\ngpgsigx 1\ngpgsig ')}\n`,
    );
    await repository.setBranch(bad);
    await repository.commit({ signer: people.alice, files: { [app]: 'on top' } });
    await assertStops('TRUST_MALFORMED_OBJECT', good);
    assert.notEqual(anchor, good);
    assert.equal((await walk.walk()).stopped?.commit, bad);
  });
});
