/** Set-up with ssh-agent and "Key rotation" of docs/trust.md, each line as it is written there. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { git, run } from '../towline.ts';
import { Clone, Follower, type PolicyText, runbook } from './runbook.ts';

const says = runbook('trust.md');
const sshSettings = (key: SshKey) => ['gpg.format=ssh', `user.signingkey=${key.file}`];

describe('root of two, one of whom has the key in ssh-agent alone', () => {
  let fleet: TestFleet;
  let keys: Record<'alice' | 'bob' | 'carol' | 'next', SshKey>;
  let agent: ChildProcess;
  let environment: Record<string, string>;
  let origin: string;
  let anchor: string;
  let alice: Clone;
  let bob: Clone;
  let forge: Clone;
  let device: Follower;

  before(async () => {
    const [a, b, c, n] = await Promise.all([
      makeSshKey('ed25519'),
      makeSshKey('ed25519'),
      makeSshKey('ed25519'),
      makeSshKey('ed25519'),
    ]);
    keys = { alice: a, bob: b, carol: c, next: n };
    fleet = await makeFleet();
    const socket = path.join(fleet.folder, 'agent');
    environment = { SSH_AUTH_SOCK: socket };
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const type = (program: string, args: string[]) => run(program, args, environment, fleet.folder);
    await waitUntil('ssh-agent', async () =>
      // 1: it answers, and holds nothing yet.
      (await type('ssh-add', ['-l'])).code === 1 ? true : undefined,
    );
    for (const [key, comment] of [
      [a, 'alice@laptop'],
      [c, 'alice@desk'],
    ] as const) {
      await type('ssh-keygen', ['-c', '-q', '-P', '', '-C', comment, '-f', key.file]);
      assert.equal((await type('ssh-add', ['-q', key.file])).code, 0);
    }
    await rm(a.file);
    await rm(`${a.file}.pub`);

    origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    alice = new Clone(fleet.directory, environment);
    await alice.does(`git remote add origin ${origin}`);
    await alice.does('git rm -rq trust');
    const words = { 'acme-pumps': 'acme', 'bob.pub': `${b.file}.pub` };
    const init =
      'towline trust init --fleet acme-pumps --root alice=agent:alice@laptop --root bob=ssh:bob.pub --threshold 2';
    await alice.does(says(init, words));
    await alice.does(says('git config gpg.format ssh'));
    await alice.does(
      says('git config user.signingkey "key::$(ssh-add -L | grep COMMENT)"', { COMMENT: 'alice@laptop' }),
    );
    await alice.does('git add -A && git commit -qm "Two are root"');
    anchor = await alice.head();
    await alice.does(`git config towline.anchor ${anchor}`);
    await alice.does('git push -q -u origin main');
    bob = await Clone.make(origin, path.join(fleet.folder, 'bob'), anchor, sshSettings(b));
    await git(fleet.folder, 'clone', '--quiet', origin, 'forge');
    forge = new Clone(path.join(fleet.folder, 'forge'));
  });
  beforeEach(async () => {
    device = new Follower(origin, anchor);
    await device.looks();
  });
  after(async () => {
    agent?.kill();
    await fleet?.[Symbol.asyncDispose]();
    await Promise.all(Object.values(keys).map(key => key.remove()));
  });

  const approve = 'towline approve && git commit -m Approve && git push';
  const press = (branch: string): Promise<string> =>
    forge.does(
      `git fetch -q && git switch -q main && git reset -q --hard origin/main && git merge -q --no-ff --no-edit origin/${branch} && git push -q origin main`,
    );
  async function propose(branch: string, change: (policy: PolicyText) => void): Promise<void> {
    await alice.does('git switch -q main && git pull -q --ff-only');
    await alice.does(`git switch -q -c ${branch}`);
    alice.policy(change);
    await alice.does(`git commit -qam "Change root" && git push -q -u origin ${branch}`);
  }
  /** The button is pressed too early, and main put back: devices stay where they are. */
  async function tooEarly(branch: string, code: string): Promise<void> {
    const before = await git(origin, 'rev-parse', 'main');
    await press(branch);
    await device.staysFor(code);
    await git(origin, 'update-ref', 'refs/heads/main', before);
  }

  test('the first commit is signed by the agent, and more than one fitting key is a question', async () => {
    assert.match(await alice.does(`git cat-file commit ${anchor}`), /BEGIN SSH SIGNATURE/);
    const asked = await run(
      path.join(commandFolder, 'towline'),
      ['trust', 'init', '--fleet', 'x', '--root', 'alice=agent:alice@', '--repo', fleet.directory],
      environment,
      fleet.folder,
    );
    assert.match(asked.errors, /CLI_SIGNING_KEY "alice@" fits 2 keys of ssh-agent/);
  });

  test('a key of root is rotated when both have approved, and the new key shows that it works', async () => {
    await propose('rotate', policy => {
      policy.principals.alice?.ssh?.push(keys.next.publicKey);
    });
    await alice.does(says(approve));
    await tooEarly('rotate', 'TRUST_THRESHOLD');
    await alice.does(says('towline approve --key NEWKEY', { NEWKEY: keys.next.file }));
    await alice.does('git commit -qm Approve && git push -q');
    await tooEarly('rotate', 'TRUST_THRESHOLD');
    await bob.does('git fetch -q && git switch -q rotate');
    await bob.does(says(approve));
    await press('rotate');
    await device.follows(await git(origin, 'rev-parse', 'main'));

    await alice.does('git switch -q main && git pull -q --ff-only && git switch -q -c remove');
    alice.policy(policy => {
      policy.principals.alice = { ssh: [keys.next.publicKey] };
    });
    await alice.does('git commit -qam "Only the new key" && git push -q -u origin remove');
    await alice.does(says(approve));
    await bob.does('git fetch -q && git switch -q remove');
    await bob.does(says(approve));
    await tooEarly('remove', 'TRUST_ROOT_CHANGE');
    await alice.does(`git pull -q --ff-only && git config user.signingkey ${keys.next.file}`);
    await alice.does(says(approve));
    await press('remove');
    await device.follows(await git(origin, 'rev-parse', 'main'));
  });

  test('another person and another threshold in root: as many as the old root asks, and as many as the new one', async () => {
    await propose('three', policy => {
      policy.principals.carol = { ssh: [keys.carol.publicKey] };
      policy.roles.root = { principals: ['alice', 'bob', 'carol'], threshold: 3 };
    });
    await alice.does(says(approve));
    await tooEarly('three', 'TRUST_THRESHOLD');
    await bob.does('git fetch -q && git switch -q three');
    await bob.does(says(approve));
    await tooEarly('three', 'TRUST_ROOT_CHANGE');
    const settings = sshSettings(keys.carol);
    const carol = await Clone.make(origin, path.join(fleet.folder, 'carol'), anchor, settings);
    await carol.does('git switch -q three');
    await carol.does(says(approve));
    await press('three');
    await device.follows(await git(origin, 'rev-parse', 'main'));
  });
});

describe('a key that was stolen', () => {
  let fleet: TestFleet;
  let carolsKey: GpgKey;
  let bobsKey: SshKey;
  let stolenRing: string;
  let origin: string;
  let anchor: string;
  let alice: Clone;
  let device: Follower;
  const thieves: Record<string, Clone> = {};

  beforeEach(async () => {
    [fleet, carolsKey, bobsKey] = [
      await makeFleet(),
      await makeGpgKey({ name: 'carol' }),
      await makeSshKey('ed25519'),
    ];
    origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    alice = new Clone(fleet.directory, carolsKey.environment);
    await alice.does(`git remote add origin ${origin}`);
    await alice.does(
      `mkdir -p trust/keys && gpg --armor --export ${carolsKey.fingerprint} > trust/keys/carol.asc`,
    );
    alice.policy(policy => {
      policy.principals.bob = { ssh: [bobsKey.publicKey] };
      policy.principals.carol = { openpgp: ['trust/keys/carol.asc'] };
      policy.roles.notes = { principals: ['alice', 'bob', 'carol'] };
      policy.rules = [{ paths: ['notes/**'], roles: ['notes'] }];
    });
    await alice.does('git add -A && git commit -qm "Bob and Carol keep notes" && git push -q -u origin main');
    anchor = await alice.head();
    await alice.does(`git config towline.anchor ${anchor}`);
    const clone = (name: string, settings: readonly string[], environment = {}) =>
      Clone.make(origin, path.join(fleet.folder, name), anchor, settings, environment);
    thieves.bob = await clone('bob', sshSettings(bobsKey));
    // The thief copied the key ring: what its owner does to hers afterwards does not reach it.
    stolenRing = path.join(fleet.folder, 'ring');
    await cp(carolsKey.home, stolenRing, {
      recursive: true,
      filter: file => !path.basename(file).startsWith('S.'),
    });
    thieves.carol = await clone('carol', carolsKey.gitConfig, { GNUPGHOME: stolenRing });
    device = new Follower(origin, anchor);
    await device.follows(anchor);
  });
  afterEach(async () => {
    await run('gpgconf', ['--kill', 'all'], { GNUPGHOME: stolenRing }, fleet.folder);
    await fleet[Symbol.asyncDispose]();
    await carolsKey.remove();
    await bobsKey.remove();
  });

  const steal = async (thief: Clone, file: string): Promise<string> => {
    await thief.does(`git pull -q --ff-only && mkdir -p notes && echo evil > ${file} && git add ${file}`);
    await thief.does(`git commit -qm evil && git push -q --no-verify origin main`);
    return thief.head();
  };

  const ways: Readonly<Record<string, readonly [thief: string, code: string, change: () => Promise<void>]>> =
    {
      'that is exported with its revocation': [
        'carol',
        'TRUST_KEY_REVOKED',
        async () => {
          const CERTIFICATE = path.join(carolsKey.home, `openpgp-revocs.d/${carolsKey.fingerprint}.rev`);
          await alice.does(says("sed 's/^:-----/-----/' CERTIFICATE | gpg --import", { CERTIFICATE }));
          const words = { KEY: carolsKey.fingerprint, NAME: 'carol' };
          await alice.does(says('gpg --armor --export KEY > trust/keys/NAME.asc', words));
          alice.policy(() => undefined);
        },
      ],
      'that is removed with its person': [
        'bob',
        'TRUST_UNKNOWN_KEY',
        async () =>
          alice.policy(policy => {
            delete policy.principals.bob;
            policy.roles.notes = { principals: ['alice', 'carol'] };
          }),
      ],
    };
  for (const [name, [who, code, change]] of Object.entries(ways)) {
    test(`${name}: the thief could do what its rules allow until then, and nothing afterwards`, async () => {
      const thief = thieves[who];
      assert.ok(thief);
      await device.follows(await steal(thief, 'notes/a'));
      await alice.does('git pull -q --ff-only && git switch -q -c stolen');
      await change();
      await alice.does('git commit -qam "A key was stolen"');
      await alice.does('towline approve --base main && git commit -qm Approve');
      await alice.does('git switch -q main && git -c commit.gpgsign=false merge -q --no-ff --no-edit stolen');
      await alice.does('git push -q origin main');
      await device.follows(await alice.head());
      assert.match(await alice.does(says('git log --first-parent --show-signature main')), /evil/);

      await steal(thief, 'notes/b');
      await device.staysFor(code);
      await alice.does('git pull -q --ff-only');
      await alice.does(says('towline trust mend'));
      await alice.does(
        'git rm -q notes/a && git commit -qm "Undo what the thief did" && git push -q origin main',
      );
      await device.follows(await alice.head());
      assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'notes/'), '');
    });
  }

  test('a role that would be left without anybody is refused, and taken with somebody else in it', async () => {
    const leave = (principals: string[]) =>
      alice.policy(policy => {
        delete policy.principals.bob;
        delete policy.principals.carol;
        policy.roles.notes = { principals };
      });
    leave(['carol']);
    await alice.does('git commit -qam "Nobody is left" && git push -q --no-verify origin main');
    const { stopped } = await device.looks();
    assert.match(stopped?.code ?? '', /^TRUST_POLICY_/);
    await device.staysFor(stopped?.code ?? '');
    await alice.does(says('towline trust mend'));
    leave(['alice']);
    await alice.does('git commit -qam "Alice keeps notes" && git push -q origin main');
    await device.follows(await alice.head());
  });
});
