/** A gateway without keys shows devices twins of what people signed or approved; then it serves honest main. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { TrustedState } from '../../../core/trust/line/trusted-state.ts';
import { makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type ApprovalOptions, makeApproval } from '../../rig/approvals.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  removePeople,
} from '../../rig/policed-fleet.ts';
import { walkFrom } from '../../rig/trust-walk.ts';
import { twinOf, twinsOf } from '../../rig/twins.ts';

const app = 'apps/web/compose.yaml';

describe('twins of signed commits', () => {
  let signers: readonly (readonly [string, GpgKey | SshKey])[] = [];
  before(async () => {
    signers = [
      ['OpenPGP, Ed25519', await makeGpgKey({ name: 'alice' })],
      ['OpenPGP, RSA', await makeGpgKey({ name: 'alice', algorithm: 'rsa2048' })],
      ['SSH, Ed25519', await makeSshKey()],
      ['SSH, ECDSA', await makeSshKey('ecdsa')],
    ];
  });
  after(async () => {
    for (const [, key] of signers) await key.remove();
  });

  test('each device that was shown one of its own follows main again, in one walk', async () => {
    for (const [kind, signer] of signers) {
      const { repository, anchor } = await makeFleetRepository({ signer });
      const walk = walkFrom(repository, anchor, {}, repository);
      const signed = await repository.commit({ signer, files: { a: '1' } });
      const twins = await twinsOf(repository, signed);
      const head = await repository.commit({ signer, files: { a: '2' } });
      for (const [form, twin] of twins) {
        const misled = await walk.walk(twin);
        assert.deepEqual([misled.stopped, misled.trusted.commit], [undefined, twin], `${kind}: ${form}`);
        const back = await walk.walk(head, misled.trusted);
        assert.deepEqual([back.stopped?.message, back.trusted.commit], [undefined, head], `${kind}: ${form}`);
        const straight = await walk.walk(head);
        assert.deepEqual(back.trusted, straight.trusted);
      }
      await repository.remove();
    }
  });
});

describe('twins of what people approved', () => {
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

  const commit: PolicedFleet['repository']['commit'] = options => fleet.repository.commit(options);
  const sideCommit: typeof commit = options => commit({ branch: null, ...options });

  /** A branch off `base` with a change, and after it one commit with each approval. */
  async function approved(
    base: string,
    files: Record<string, string>,
    approvals: readonly Partial<ApprovalOptions>[] = [{}],
  ): Promise<{ change: string; heads: string[] }> {
    const change = await sideCommit({ parents: [base], files });
    const heads: string[] = [];
    for (const options of approvals) {
      const approval = await makeApproval(fleet.repository, {
        base,
        head: change,
        signer: people.alice,
        principal: 'alice',
        ...options,
      });
      const parent = heads.at(-1) ?? change;
      heads.push(await sideCommit({ parents: [parent], files: { [approval.path]: approval.content } }));
    }
    return { change, heads };
  }

  /** A device is shown `wrong` first, then main's `right`. */
  async function comesBack(wrong: string, right: string, after?: TrustedState): Promise<TrustedState> {
    const misled = await fleet.walk.walk(wrong, after);
    assert.deepEqual([misled.stopped?.message, misled.trusted.commit], [undefined, wrong]);
    const back = await fleet.walk.walk(right, misled.trusted);
    assert.deepEqual([back.stopped?.message, back.trusted.commit], [undefined, right]);
    return back.trusted;
  }

  test('a squash with another author and date, a merge and a rebase are one history', async () => {
    const { anchor } = fleet;
    const { change, heads } = await approved(anchor, { [app]: 'services: {web: {image: a}}\n' });
    const head = heads.at(-1) ?? '';
    const squash = await sideCommit({ parents: [anchor], tree: head, message: 'Squashed' });
    const forms = [
      squash,
      await twinOf(fleet.repository, squash),
      await sideCommit({ parents: [anchor, head], tree: head, message: 'Merge' }),
      await sideCommit({
        parents: [await sideCommit({ parents: [anchor], tree: change, timeSec: 1_600_000_000 })],
        tree: head,
        message: 'Rebased',
      }),
    ];
    for (const right of forms) {
      const next = await sideCommit({ parents: [right], signer: people.alice, files: { 'apps/next': '1' } });
      for (const wrong of forms.filter(form => form !== right)) await comesBack(wrong, next);
    }
  });

  test('with another one of several approvals, or with less or more of them', async () => {
    const { anchor } = fleet;
    const files = { [app]: 'services: {web: {image: a}}\n' };
    const alice = await approved(anchor, files);
    const both = await approved(anchor, files, [{}, { signer: people.bob, principal: 'bob' }]);
    const heads = [...alice.heads, ...both.heads];
    for (const tree of heads) {
      const right = await sideCommit({ parents: [anchor], tree });
      const next = await sideCommit({ parents: [right], signer: people.bob, files: { 'apps/next': '1' } });
      for (const other of heads.filter(one => one !== tree))
        await comesBack(await sideCommit({ parents: [anchor], tree: other }), next);
    }
  });

  test('with another armor around an approval', async () => {
    const { anchor, repository } = fleet;
    const { heads } = await approved(anchor, { [app]: 'services: {web: {image: a}}\n' });
    const [head = ''] = heads;
    const right = await sideCommit({ parents: [anchor], tree: head });
    const path = (await repository.git(['ls-tree', '--name-only', head, 'approvals/'])).trim();
    const text = await repository.git(['show', `${head}:${path}`]);
    const content = `${text.replace('-----BEGIN SSH SIGNATURE-----\n', '-----BEGIN SSH SIGNATURE-----\r\n')}\n`;
    const wrong = await sideCommit({ parents: [anchor], tree: head, files: { [path]: content } });
    await comesBack(
      wrong,
      await sideCommit({ parents: [right], signer: people.bob, files: { 'apps/next': '1' } }),
    );
  });
});
