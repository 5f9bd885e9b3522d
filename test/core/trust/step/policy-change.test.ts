/** Changing who may change what: root's threshold, a new root's consent, policies that must not come into force. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { makeGpgKey, type SshKey } from '../../../../lab/rig/keys.ts';
import { makeApproval } from '../../../rig/approvals.ts';
import {
  makePeople,
  makePolicedFleet,
  type People,
  type PolicedFleet,
  policyText,
  removePeople,
} from '../../../rig/policed-fleet.ts';

const policy = 'trust/policy.yaml';

describe('a change of the policy', () => {
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

  /** A commit with this policy and approvals of it by these. */
  async function change(
    content: string,
    approvers: Record<string, SshKey>,
    more: Record<string, string> = {},
  ): Promise<string> {
    const { repository, anchor } = fleet;
    const head = await repository.commit({
      parents: [anchor],
      branch: null,
      files: { [policy]: content, ...more },
    });
    const files: Record<string, string> = {};
    for (const [principal, signer] of Object.entries(approvers)) {
      const approval = await makeApproval(repository, { base: anchor, head, signer, principal });
      files[approval.path] = approval.content;
    }
    return repository.commit({ parents: [anchor], tree: head, files });
  }

  async function assertCode(code: string | undefined): Promise<void> {
    const { stopped, trusted } = await fleet.walk.walk();
    assert.equal(stopped?.code, code, stopped?.message);
    assert.equal(trusted.commit, code === undefined ? await fleet.repository.head() : fleet.anchor);
  }

  const both = (): Record<string, SshKey> => ({ alice: people.alice, bob: people.bob });

  test('raises the walk, never lowers it', async () => {
    const { repository } = fleet;
    const raised = await change(policyText(people, { version: 2, walk: 2 }), both());
    await assertCode(undefined);
    const head = await repository.commit({
      parents: [raised],
      branch: null,
      files: { [policy]: policyText(people, { version: 3 }) },
    });
    const files: Record<string, string> = {};
    for (const [principal, signer] of Object.entries(both())) {
      const approval = await makeApproval(repository, {
        base: raised,
        head,
        signer,
        principal,
        statement: { policyVersion: 2 },
      });
      files[approval.path] = approval.content;
    }
    await repository.commit({ parents: [raised], tree: head, files });
    const { stopped, trusted } = await fleet.walk.walk();
    assert.equal(stopped?.code, 'TRUST_POLICY_WALK', stopped?.message);
    assert.equal(trusted.commit, raised);
  });

  test('to a walk that this program does not know stops before it, whatever else that policy says', async () => {
    await change(`${policyText(people, { version: 2, walk: 99 })}wordOfTheFuture: yes\n`, both());
    await assertCode('TRUST_WALK_UNKNOWN');
  });

  test('needs the threshold of root', async () => {
    const next = policyText(people, { version: 2 });
    await change(next, { alice: people.alice });
    await assertCode('TRUST_THRESHOLD');
    await change(next, both());
    await assertCode(undefined);
  });

  test('a signature and an approval add up, and one person twice does not', async () => {
    const { repository, anchor } = fleet;
    const next = policyText(people, { version: 2 });
    const head = await repository.commit({ parents: [anchor], branch: null, files: { [policy]: next } });
    const approval = async (principal: string, signer: SshKey) =>
      makeApproval(repository, { base: anchor, head, signer, principal });
    const [own, other] = [await approval('alice', people.alice), await approval('bob', people.bob)];
    await repository.commit({
      parents: [anchor],
      tree: head,
      signer: people.alice,
      files: { [own.path]: own.content },
    });
    await assertCode('TRUST_THRESHOLD');
    await repository.commit({
      parents: [anchor],
      tree: head,
      signer: people.alice,
      files: { [other.path]: other.content },
    });
    await assertCode(undefined);
  });

  test('raises the version by one', async () => {
    for (const version of [1, 3]) {
      await change(`${policyText(people, { version })}# changed\n`, both());
      await assertCode('TRUST_POLICY_VERSION');
    }
    await change(policyText(people), both(), { 'trust/keys/x.asc': 'x' });
    await assertCode('TRUST_POLICY_VERSION');
  });

  test('root changes hands only when the new root approves, too', async () => {
    const { alice, bob, carol, bot, mallory } = people;
    const keys = { alice: mallory.publicKey, bob: bob.publicKey, carol: carol.publicKey, bot: bot.publicKey };
    const next = policyText(people, { version: 2, principals: keys });
    await change(next, { alice, bob });
    await assertCode('TRUST_ROOT_CHANGE');
    const { repository, anchor } = fleet;
    const head = await repository.commit({ parents: [anchor], branch: null, files: { [policy]: next } });
    const approvals = [];
    for (const [principal, signer] of [
      ['alice', alice],
      ['bob', bob],
      ['alice', mallory],
    ] as const) {
      approvals.push(await makeApproval(repository, { base: anchor, head, signer, principal }));
    }
    const files = Object.fromEntries(approvals.map(({ path, content }) => [path, content]));
    await repository.commit({ parents: [anchor], tree: head, files });
    await assertCode(undefined);
    await repository.commit({ signer: mallory, files: { 'apps/web/compose.yaml': 'services: {web: {}}\n' } });
    await assertCode(undefined);
  });

  test('the new root alone changes nothing', async () => {
    const { mallory, bob, carol, bot } = people;
    const keys = { alice: mallory.publicKey, bob: bob.publicKey, carol: carol.publicKey, bot: bot.publicKey };
    await change(policyText(people, { version: 2, principals: keys }), { alice: mallory, bob });
    await assertCode('TRUST_THRESHOLD');
  });

  const roles = (root: string): readonly string[] => [
    root,
    'deploy: { principals: [alice, bob] }',
    'tunnels: { principals: [carol] }',
  ];
  const invalid: readonly [name: string, code: string, text: (people: People) => string][] = [
    [
      'a role that cannot meet its threshold',
      'TRUST_POLICY_THRESHOLD',
      p => policyText(p, { version: 2, roles: roles('root: { principals: [alice, bob], threshold: 3 }') }),
    ],
    [
      'a key under two principals',
      'TRUST_POLICY_SHARED_KEY',
      p =>
        policyText(p, {
          version: 2,
          principals: {
            alice: p.alice.publicKey,
            bob: p.bob.publicKey,
            carol: p.alice.publicKey.replace(/ [^ ]*$/, ' other'),
            bot: p.bot.publicKey,
          },
        }),
    ],
    ['another name of the fleet', 'TRUST_POLICY_INVALID', p => policyText(p, { version: 2, fleet: 'other' })],
    [
      'a role of nobody known',
      'TRUST_POLICY_INVALID',
      p => policyText(p, { version: 2, roles: roles('root: { principals: [zoe] }') }),
    ],
    [
      'a bot for timestamps that may do more',
      'TRUST_POLICY_INVALID',
      p =>
        policyText(p, {
          version: 2,
          roles: [
            ...roles('root: { principals: [alice, bob], threshold: 2 }'),
            'timestamp: { principals: [carol] }',
          ],
        }),
    ],
    [
      'no root',
      'TRUST_POLICY_INVALID',
      p => policyText(p, { version: 2, roles: roles('boss: { principals: [alice] }') }),
    ],
    ['an unknown key in the file', 'TRUST_POLICY_INVALID', p => `${policyText(p, { version: 2 })}evil: 1\n`],
    [
      'an anchor in the file',
      'TRUST_POLICY_INVALID',
      p => policyText(p, { version: 2 }).replace('fleet: acme', 'fleet: &a acme'),
    ],
    [
      'an SSH key that is none',
      'TRUST_POLICY_KEY',
      p =>
        policyText(p, {
          version: 2,
          principals: {
            alice: 'ssh-ed25519 AAAA',
            bob: p.bob.publicKey,
            carol: p.carol.publicKey,
            bot: p.bot.publicKey,
          },
        }),
    ],
  ];
  for (const [name, code, text] of invalid) {
    test(`is refused with ${name}`, async () => {
      await change(text(people), both());
      await assertCode(code);
    });
  }

  test('is refused with an RSA key below 2048 bits', async () => {
    const { makeSshKey } = await import('../../../../lab/rig/keys.ts');
    const short = await makeSshKey('rsa', 1024);
    const keys = {
      alice: people.alice.publicKey,
      bob: people.bob.publicKey,
      carol: short.publicKey,
      bot: people.bot.publicKey,
    };
    await change(policyText(people, { version: 2, principals: keys }), both());
    await assertCode('TRUST_POLICY_KEY');
    await short.remove();
  });

  test('is refused with the key of a device, SSH and OpenPGP', async () => {
    const pgp = await makeGpgKey({ name: 'pump' });
    const armored = await pgp.publicKey();
    const indented = armored.replace(/^/gm, '    ');
    const { carol } = people;
    const device = `apiVersion: towline/v1\nkeys:\n  tls: AAAA\n  ssh: ${people.mallory.publicKey}\n  openpgp: |\n${indented}\n`;
    await fleet.repository.remove();
    fleet = await makePolicedFleet(people, { 'devices/eu/stolen.yaml': device });
    const keys = {
      alice: people.alice.publicKey,
      bob: people.bob.publicKey,
      carol: people.mallory.publicKey,
      bot: people.bot.publicKey,
    };
    await change(policyText(people, { version: 2, principals: keys }), both());
    await assertCode('TRUST_POLICY_DEVICE_KEY');
    const line = `  carol: { ssh: ["${carol.publicKey}"] }`;
    const withPgp = policyText(people, { version: 2 }).replace(
      line,
      '  carol: { openpgp: [trust/keys/carol.asc] }',
    );
    await change(withPgp, both(), { 'trust/keys/carol.asc': armored });
    await assertCode('TRUST_POLICY_DEVICE_KEY');
    await pgp.remove();
  });

  test('is refused when a key has expired at line time', async () => {
    const monthAgo = Math.floor(Date.now() / 1000) - 30 * 86_400;
    const pgp = await makeGpgKey({ name: 'carol', madeAtSec: monthAgo, expire: 'seconds=86400' });
    const line = `  carol: { ssh: ["${people.carol.publicKey}"] }`;
    const text = policyText(people, { version: 2 }).replace(
      line,
      '  carol: { openpgp: [trust/keys/carol.asc] }',
    );
    await change(text, both(), { 'trust/keys/carol.asc': await pgp.publicKey() });
    await assertCode('TRUST_POLICY_THRESHOLD');
    await pgp.remove();
  });

  test('removing the policy is refused', async () => {
    const { repository, anchor } = fleet;
    await repository.commit({ signer: people.alice, parents: [anchor], files: { [policy]: null } });
    await assertCode('TRUST_POLICY_INVALID');
  });
});
