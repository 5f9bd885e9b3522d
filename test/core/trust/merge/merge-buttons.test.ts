/** What people and forges do every day goes on under the rule for merges: real merges by git, by every button. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import type { CommitOptions, Files } from '../../../../lab/rig/fleet-repository.ts';
import type { SshKey } from '../../../../lab/rig/keys.ts';
import { makeApproval } from '../../../rig/approvals.ts';
import { isLong } from '../../../rig/every.ts';
import {
  device,
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../../rig/policed-fleet.ts';

const app = 'apps/web/compose.yaml';
const pump = 'devices/eu/pump.yaml';
const image = (name: string): string => `services: {web: {image: ${name}}}\n`;

/** Without the trailer the rule is the same: that is tried in the long form. */
const intents = isLong ? (['main', 'any'] as const) : (['main'] as const);

for (const intent of intents) {
  describe(`under the rule for merges, intent ${intent}`, () => {
    let people: People;
    let fleet: PolicedFleet;
    before(async () => {
      people = await makePeople();
    });
    after(() => removePeople(people));
    /** Two of alice and bob are root, either deploys, carol opens tunnels and keeps notes. */
    const policy = (version = 1, more = ''): string =>
      `${policyText(people, { walk: 2, version })}${more}  - { paths: ["notes/**"], roles: [tunnels] }\nintent: ${intent}\n`;
    beforeEach(async () => {
      fleet = await makePolicedFleet(people, { 'trust/policy.yaml': policy() });
    });
    afterEach(() => fleet.repository.remove());

    const onMain = (signer: SshKey, files: Files): Promise<string> =>
      fleet.repository.commit({ signer, files });
    /** Signed as people sign on branches: without the trailer. */
    const onBranch = (options: CommitOptions): Promise<string> =>
      fleet.repository.commit({ branch: 'feature', trailer: false, ...options });
    const merged = async (one: string, other: string): Promise<string> =>
      fleet.repository.git(['merge-tree', '--write-tree', one, other]);

    async function branchOff(): Promise<string> {
      const main = await fleet.repository.head();
      await fleet.repository.setBranch(main, 'feature');
      return main;
    }
    async function approve(principal: 'alice' | 'bob' | 'carol', remove?: string): Promise<string> {
      const { repository } = fleet;
      const main = await repository.head();
      const feature = await repository.head('feature');
      const base = await repository.git(['merge-base', main, feature]);
      const signer = people[principal];
      const file = await new ObjectReader(repository).fileAt(main, 'trust/policy.yaml', 100_000);
      const version = /^version: (\d+)/m.exec(Buffer.from(file?.bytes ?? '').toString())?.[1];
      const statement = { policyVersion: Number(version) };
      // What the step will change: approvals on the line are no part of it.
      const head = await onBranch({
        branch: null,
        parents: [feature],
        ...(remove ? { files: { [remove]: null } } : {}),
      });
      const { path, content } = await makeApproval(repository, { base, head, signer, principal, statement });
      await onBranch({ signer, files: { [path]: content, ...(remove ? { [remove]: null } : {}) } });
      return path;
    }
    async function mergeMainIntoBranch(signer: SshKey): Promise<string> {
      const [feature, main] = [await fleet.repository.head('feature'), await fleet.repository.head()];
      return onBranch({
        signer,
        parents: [feature, main],
        tree: await merged(feature, main),
        message: 'Merge main',
      });
    }

    const buttons: Readonly<Record<string, () => Promise<string>>> = {
      merge: async () => {
        const [main, feature] = [await fleet.repository.head(), await fleet.repository.head('feature')];
        return fleet.repository.commit({ parents: [main, feature], tree: await merged(main, feature) });
      },
      squash: async () => {
        const [main, feature] = [await fleet.repository.head(), await fleet.repository.head('feature')];
        return fleet.repository.commit({ parents: [main], tree: await merged(main, feature) });
      },
      rebase: async () => {
        const { git, commit, head } = fleet.repository;
        const list = await git(['rev-list', '--reverse', '--no-merges', 'main..feature']);
        for (const id of list.split('\n')) {
          const environment = { GIT_INDEX_FILE: `${fleet.repository.path}/picked` };
          await git(['read-tree', '-i', '-m', '--aggressive', `${id}^`, 'main', id], { environment });
          const tree = await git(['write-tree'], { environment });
          await commit({ parents: [await head()], tree });
        }
        return head();
      },
    };

    async function assertTaken(head: string): Promise<void> {
      const result = await fleet.walk.walk(head);
      assert.equal(result.stopped, undefined, `${result.stopped?.code} ${result.stopped?.message}`);
      assert.equal(result.trusted.commit, head);
    }

    for (const [name, press] of Object.entries(buttons)) {
      test(`button ${name}: an approved branch, after main has moved in other paths`, async () => {
        await branchOff();
        await onBranch({ signer: people.bob, files: { [app]: image('a') } });
        await onBranch({ signer: people.bob, files: { 'apps/web/x': '1' } });
        await approve('alice');
        await onMain(people.alice, { 'apps/other/compose.yaml': image('o') });
        await onMain(people.carol, { [pump]: device.replace('closed', 'open') });
        await assertTaken(await press());
      });

      test(`button ${name}: root's new policy from a branch, after main has moved in other paths`, async () => {
        await branchOff();
        const more = '  - { paths: ["docs/**"], roles: [tunnels] }\n';
        await onBranch({ signer: people.bob, files: { 'trust/policy.yaml': policy(2, more) } });
        for (const principal of ['alice', 'bob'] as const) await approve(principal);
        await onMain(people.alice, { 'apps/other/compose.yaml': image('o') });
        await onMain(people.carol, { 'notes/a': '1' });
        await assertTaken(await press());
      });
    }

    for (const name of ['merge', 'squash'] as const) {
      const press = (): Promise<string> => buttons[name]?.() ?? assert.fail();

      test(`button ${name}: a branch approved, changed and approved again`, async () => {
        await branchOff();
        await onBranch({ signer: people.bob, files: { [app]: image('a') } });
        const first = await approve('alice');
        await onBranch({ signer: people.bob, files: { [app]: image('b') } });
        await approve('alice', first);
        await onMain(people.alice, { 'apps/other/compose.yaml': image('o') });
        await assertTaken(await press());
      });

      test(`button ${name}: main was merged into the branch, by somebody who may not change what it brought`, async () => {
        await branchOff();
        await onBranch({ signer: people.carol, files: { 'notes/a': '1' } });
        await onMain(people.alice, { [app]: image('a') });
        await mergeMainIntoBranch(people.carol);
        await onMain(people.alice, { [app]: image('b') });
        await mergeMainIntoBranch(people.carol);
        await onBranch({ signer: people.carol, files: { 'notes/a': '2' } });
        await approve('carol');
        await onMain(people.alice, { [app]: image('c'), 'apps/other': '1' });
        await assertTaken(await press());
      });

      test(`button ${name}: one branch merged twice, main having gone on in the same path`, async () => {
        await branchOff();
        await onBranch({ signer: people.carol, files: { 'notes/a': '1' } });
        await approve('carol');
        await press();
        await onMain(people.carol, { 'notes/a': 'main knows better' });
        await mergeMainIntoBranch(people.carol).catch(async () => {
          // Squashed: git does not know that main has it all.
          const [feature, main] = [await fleet.repository.head('feature'), await fleet.repository.head()];
          await onBranch({ signer: people.carol, parents: [feature, main], tree: main });
        });
        await onMain(people.alice, { [app]: image('a') });
        await onBranch({ signer: people.carol, files: { 'notes/b': '1' } });
        await approve('carol');
        await assertTaken(await press());
      });
    }

    test('button merge: a branch that was merged goes on without main, which has changed the same path', async () => {
      await branchOff();
      await onBranch({ signer: people.carol, files: { 'notes/a': '1' } });
      await approve('carol');
      await buttons.merge?.();
      const before = await fleet.repository.head('feature');
      await onMain(people.carol, { 'notes/a': 'main knows better' });
      await onBranch({ signer: people.carol, files: { 'notes/b': '1' } });
      const [main, feature] = [await fleet.repository.head(), await fleet.repository.head('feature')];
      assert.equal(await fleet.repository.git(['merge-base', main, feature]), before);
      const tree = await merged(main, feature);
      await assertTaken(
        await fleet.repository.commit({
          parents: [main, feature],
          tree,
          signer: people.carol,
          message: 'Merge',
        }),
      );
    });

    test('button merge: a branch on top of an earlier commit of one that was merged meanwhile', async () => {
      await branchOff();
      const lower = await onBranch({ signer: people.carol, files: { 'notes/a': '1' } });
      await onBranch({ signer: people.carol, files: { 'notes/a': '2' } });
      await approve('carol');
      await assertTaken((await buttons.merge?.()) ?? assert.fail());
      await fleet.repository.setBranch(lower, 'feature');
      await onBranch({ signer: people.carol, files: { 'notes/b': '1' } });
      const [main, feature] = [await fleet.repository.head(), await fleet.repository.head('feature')];
      const tree = await merged(main, feature);
      const { path, content } = await makeApproval(fleet.repository, {
        base: main,
        head: await onBranch({ branch: null, parents: [main], tree }),
        signer: people.carol,
        principal: 'carol',
      });
      await assertTaken(
        await fleet.repository.commit({ parents: [main, feature], tree, files: { [path]: content } }),
      );
    });

    test('a signed merge of somebody who may change both sides', async () => {
      await branchOff();
      await onBranch({ signer: people.bob, files: { [app]: image('a') } });
      await onMain(people.alice, { [app]: image('b') });
      const [main, feature] = [await fleet.repository.head(), await fleet.repository.head('feature')];
      for (const tree of [main, feature]) {
        await fleet.repository.setBranch(main);
        await assertTaken(
          await fleet.repository.commit({
            parents: [main, feature],
            tree,
            signer: people.alice,
            message: 'Merge',
          }),
        );
      }
    });
  });
}
