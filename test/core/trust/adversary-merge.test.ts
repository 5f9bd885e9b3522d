/** Merges around commits that devices may have accepted: a narrow key, a removed key, a forge, and every shape of graph. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { TrustLimits } from '../../../core/trust/git/limits.ts';
import type { CommitOptions } from '../../../lab/rig/fleet-repository.ts';
import { makeApproval } from '../../rig/approvals.ts';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../rig/policed-fleet.ts';
import { walkFrom } from '../../rig/trust-walk.ts';

const app = 'apps/web/compose.yaml';
const pump = 'devices/eu/pump.yaml';
const opened = { [pump]: device.replace('closed', 'open') };
/** alice alone is root; she and bob deploy; carol opens tunnels. */
const roles = [
  'root: { principals: [alice] }',
  'deploy: { principals: [alice, bob] }',
  'tunnels: { principals: [carol] }',
  'timestamp: { principals: [bot] }',
];

describe('a merge around commits that devices may have accepted', () => {
  let people: People;
  let fleet: PolicedFleet;
  before(async () => {
    people = await makePeople();
  });
  after(() => removePeople(people));
  beforeEach(async () => {
    fleet = await makePolicedFleet(people, { 'trust/policy.yaml': policyText(people, { walk: 2, roles }) });
  });
  afterEach(() => fleet.repository.remove());

  const aside = (parents: readonly string[], options: CommitOptions): Promise<string> =>
    fleet.repository.commit({ branch: null, parents, ...options });
  /** A: alice, who may, changes the app. */
  const change = (parent: string, content = 'services: {web: {image: a}}\n'): Promise<string> =>
    aside([parent], { signer: people.alice, files: { [app]: content } });
  /** R: root removes bob, whose key was stolen. */
  const rotation = (parent: string): Promise<string> =>
    aside([parent], {
      signer: people.alice,
      files: {
        'trust/policy.yaml': policyText(people, {
          walk: 2,
          version: 2,
          roles: roles.map(role => role.replace('[alice, bob]', '[alice]')),
          principals: {
            alice: people.alice.publicKey,
            carol: people.carol.publicKey,
            bot: people.bot.publicKey,
          },
        }),
      },
    });
  const merge = (parents: readonly string[], signer: CommitOptions['signer'], options: CommitOptions = {}) =>
    fleet.repository.commit({ parents, message: 'Merge', ...(signer ? { signer } : {}), ...options });

  async function assertRefused(trusted: string, path: string, code = 'TRUST_MERGE'): Promise<void> {
    const result = await fleet.walk.walk();
    assert.equal(result.stopped?.code, code, result.stopped?.message ?? 'it was taken');
    assert.equal(result.stopped.path, path);
    assert.equal(result.trusted.commit, trusted);
  }
  async function assertTaken(head: string): Promise<void> {
    const result = await fleet.walk.walk(head);
    assert.equal(result.stopped, undefined, `${result.stopped?.code} ${result.stopped?.message}`);
    assert.equal(result.trusted.commit, head);
  }

  test('a narrow key cannot leave out what another accepted commit says', async () => {
    const { anchor } = fleet;
    await merge([anchor, await change(anchor)], people.carol, { tree: anchor });
    await assertRefused(anchor, app);
  });

  test('a narrow key cannot leave it out after a change of its own', async () => {
    const { anchor } = fleet;
    const own = await aside([anchor], { signer: people.carol, files: opened });
    await merge([own, await change(anchor)], people.carol, { tree: own });
    await assertRefused(own, app);
  });

  test('a removed key cannot merge its removal and keep the old policy', async () => {
    const { anchor } = fleet;
    const removal = await rotation(anchor);
    await merge([anchor, removal], people.bob, { tree: anchor, files: { [app]: 'evil' } });
    await assertRefused(anchor, app);
    await merge([anchor, removal], people.bob, { tree: anchor });
    await assertRefused(anchor, 'trust/policy.yaml');
  });

  test('nor hide what was accepted behind a revert that nobody accepts', async () => {
    const { anchor } = fleet;
    for (const [accepted, path, others] of [
      [await change(anchor), app, []],
      [await rotation(anchor), 'trust/policy.yaml', [people.bob]],
    ] as const) {
      for (const signer of [people.carol, people.mallory, undefined, ...others]) {
        const reverted = await aside([accepted], { ...(signer ? { signer } : {}), tree: anchor });
        await merge([anchor, reverted], people.carol, { tree: anchor });
        await assertRefused(anchor, path);
      }
    }
  });

  test('nor in an octopus, nor behind merges of other branches, nor behind a root commit', async () => {
    const { anchor } = fleet;
    const accepted = await change(anchor);
    const junk = await aside([anchor], { files: { 'notes/x': 'x' } });
    const crossed = await aside([junk, accepted], { tree: junk });
    const orphan = await aside([], { files: { a: '1' } });
    const strange = await aside([orphan, crossed], { tree: orphan });
    for (const further of [[junk, accepted], [crossed], [strange], [junk, orphan, strange]]) {
      await merge([anchor, ...further], people.carol, { tree: anchor });
      await assertRefused(anchor, app);
    }
  });

  test('the last of a chain counts, and each of several', async () => {
    const { anchor } = fleet;
    const first = await change(anchor);
    const second = await aside([first], {
      signer: people.alice,
      files: { [app]: 'services: {web: {image: b}}\n' },
    });
    await merge([anchor, second], people.alice, { tree: first });
    await assertTaken(await fleet.repository.head());
    const other = await aside([first], { signer: people.alice, files: { 'apps/other': '1' } });
    // bob may deploy, and signs for the whole tree; carol may not, whatever of it she keeps.
    await merge([anchor, second, other], people.bob, { tree: second });
    await assertTaken(await fleet.repository.head());
    await merge([anchor, second], people.carol, { tree: anchor, files: opened });
    await assertRefused(anchor, app);
  });

  test('nor is it lost in what is several commits and one step', async () => {
    const { repository, anchor } = fleet;
    const tip = await aside([anchor], { files: { [pump]: device.replace('[eu]', '[us]') } });
    const approval = await makeApproval(repository, {
      base: anchor,
      head: tip,
      signer: people.bob,
      principal: 'bob',
      statement: { policyVersion: 1 },
    });
    for (const accepted of [await change(anchor), await rotation(anchor)]) {
      const first = await aside([anchor, accepted], { tree: tip });
      await repository.commit({ parents: [first], files: { [approval.path]: approval.content } });
      const result = await fleet.walk.walk();
      assert.equal(result.trusted.commit, anchor, 'it was taken');
      assert.equal(result.stopped?.code, 'TRUST_MERGE', result.stopped?.message);
    }
  });

  test('a forge cannot leave out a commit by what somebody approved for other paths', async () => {
    const { repository, anchor } = fleet;
    const approved = await aside([anchor], { files: { 'apps/other': '1' } });
    const approval = await makeApproval(repository, {
      base: anchor,
      head: approved,
      signer: people.alice,
      principal: 'alice',
    });
    await merge([anchor, await change(anchor)], undefined, {
      tree: approved,
      files: { [approval.path]: approval.content },
    });
    await assertRefused(anchor, app);
  });

  test('what a removed key did on main meanwhile does not come in with approvals of its removal; what others did does', async () => {
    const { repository, anchor } = fleet;
    const removal = await aside([anchor], { tree: await rotation(anchor) });
    const approval = await makeApproval(repository, {
      base: anchor,
      head: removal,
      signer: people.alice,
      principal: 'alice',
    });
    const files = { [approval.path]: approval.content };
    const approved = await aside([removal], { files });
    for (const [signer, taken] of [
      [people.bob, false],
      [people.alice, true],
    ] as const) {
      const main = await aside([anchor], { signer, files: { 'apps/other': '1' } });
      const tree = await aside([main], {
        files: {
          ...files,
          'trust/policy.yaml': { id: await repository.git(['rev-parse', `${removal}:trust/policy.yaml`]) },
        },
      });
      const button = await merge([main, approved], undefined, { tree });
      if (taken) await assertTaken(button);
      else await assertRefused(main, 'apps/other');
      await assertTaken(await merge([main], undefined, { tree, message: 'Squashed' }));
      await assertTaken(await merge([main, approved], people.alice, { tree }));
    }
  });

  describe('a mend goes past it', () => {
    test('where nobody accepts the bad commits: by whoever may sign for the tree', async () => {
      const { repository, anchor } = fleet;
      const timeSec = Math.floor(Date.now() / 1000) - 7200;
      for (const bad of [
        await aside([anchor], { files: { [app]: 'evil' } }),
        await aside([anchor], { signer: people.mallory, files: { [app]: 'evil' } }),
        await aside([anchor], { signer: people.carol, files: { [app]: 'evil' } }),
        // alice may, but a device here would find her time wrong.
        await aside([anchor], { signer: people.alice, files: { [app]: 'late' }, timeSec }),
      ]) {
        await repository.setBranch(bad);
        await repository.commit({ signer: people.bob, files: { 'apps/more': '1' } });
        const head = await repository.head();
        assert.equal((await fleet.walk.walk()).trusted.commit, anchor);
        await assertTaken(await merge([anchor, head], people.carol, { tree: anchor }));
      }
    });

    test('where a bad merge brings accepted commits: by their own people, by root, or with what they say', async () => {
      const { anchor } = fleet;
      const accepted = await change(anchor);
      const bad = await merge([anchor, accepted], people.carol, { tree: anchor });
      await assertRefused(anchor, app);
      await assertTaken(await merge([anchor, bad], people.bob, { tree: anchor }));
      await assertTaken(await merge([anchor, bad], people.alice, { tree: accepted }));
      await merge([anchor, bad], people.carol, { tree: anchor });
      await assertRefused(anchor, app);
    });

    test('where the accepted commit is of somebody who alone may change that path: by root, of whom one signs and the others approve', async () => {
      await fleet.repository.remove();
      const rule = '  - { paths: ["own/**"], roles: [tunnels] }\n';
      fleet = await makePolicedFleet(people, { 'trust/policy.yaml': policyText(people, { walk: 2 }) + rule });
      const { repository, anchor } = fleet;
      const accepted = await aside([anchor], { signer: people.carol, files: { 'own/x': '1' } });
      const bad = await merge([anchor, accepted], undefined, { tree: anchor });
      await merge([anchor, bad], people.alice, { tree: anchor });
      await assertRefused(anchor, 'own/x');
      const noted = await aside([anchor], { files: { 'notes/mend': 'carol is gone' } });
      const files: Record<string, string> = {};
      for (const [principal, signer] of [
        ['alice', people.alice],
        ['bob', people.bob],
      ] as const) {
        const approval = await makeApproval(repository, { base: anchor, head: noted, signer, principal });
        files[approval.path] = approval.content;
      }
      await merge([anchor, bad], undefined, { tree: noted, files });
      await assertRefused(anchor, 'own/x');
      await assertTaken(await merge([anchor, bad], people.alice, { tree: noted, files }));
    });
  });

  test('what is too much to look behind is a limit, and less of it is not', async () => {
    const { repository, anchor } = fleet;
    let tip = anchor;
    for (const file of ['1', '2', '3'])
      tip = await aside([tip], { signer: people.alice, files: { 'apps/more': file } });
    await merge([anchor, tip], people.alice, { tree: tip });
    const walkWithin = (limits: Partial<TrustLimits>) =>
      walkFrom(repository, anchor, limits)
        .walk()
        .then(({ stopped }) => stopped?.code);
    assert.equal(await walkWithin({ maxMergeCommits: 2 }), 'TRUST_LIMIT');
    assert.equal(await walkWithin({ maxMergeSteps: 2 }), 'TRUST_LIMIT');
    assert.equal(await walkWithin({ maxMergeCommits: 3, maxMergeSteps: 3 }), undefined);
  });

  test('before walk 2 nothing of it counts', async () => {
    await fleet.repository.remove();
    fleet = await makePolicedFleet(people, { 'trust/policy.yaml': policyText(people, { roles }) });
    const { anchor } = fleet;
    await assertTaken(await merge([anchor, await change(anchor)], people.carol, { tree: anchor }));
  });
});
