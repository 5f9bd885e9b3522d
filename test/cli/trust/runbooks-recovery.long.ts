/** "Recovery" of docs/trust.md, each line as it is written there. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { git } from '../towline.ts';
import { Clone, Follower, runbook } from './runbook.ts';

const says = runbook('trust.md');

describe('a runbook of recovery works as written', () => {
  let fleet: TestFleet;
  let bobsKey: SshKey;
  let origin: string;
  let anchor: string;
  let alice: Clone;
  let bob: Clone;
  /** The forge itself: signs nothing, checks nothing. */
  let forge: Clone;
  let device: Follower;

  const write = (clone: Clone, file: string, text: string): Promise<string> =>
    clone.does(
      `mkdir -p notes && printf '%s\\n' '${text}' > ${file} && git add ${file} && git commit -qm 'Change ${file}'`,
    );
  const settings = (key: SshKey) => ['gpg.format=ssh', `user.signingkey=${key.file}`];

  beforeEach(async () => {
    fleet = await makeFleet(['--gateway-host-key', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`]);
    bobsKey = await makeSshKey('ed25519');
    alice = new Clone(fleet.directory);
    origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    await alice.does(`git remote add origin ${origin}`);
    alice.policy(policy => {
      policy.principals.bob = { ssh: [bobsKey.publicKey] };
      policy.roles.notes = { principals: ['alice', 'bob'] };
      policy.rules = [{ paths: ['notes/**'], roles: ['notes'] }];
    });
    await alice.does('git commit -qam "Bob keeps notes" && git push -q -u origin main');
    anchor = await alice.head();
    await alice.does(`git config towline.anchor ${anchor}`);
    bob = await Clone.make(origin, path.join(fleet.folder, 'bob'), anchor, settings(bobsKey));
    await git(fleet.folder, 'clone', '--quiet', origin, 'forge');
    forge = new Clone(path.join(fleet.folder, 'forge'));
    device = new Follower(origin, anchor);
    await device.follows(anchor);
  });
  afterEach(async () => {
    await fleet[Symbol.asyncDispose]();
    await bobsKey.remove();
  });

  /** A bad commit on main. */
  async function spoil(): Promise<void> {
    await forge.does('git pull -q --ff-only');
    await write(forge, 'notes/evil', 'evil');
    await forge.does('git push -q origin main');
    await device.staysFor('TRUST_UNSIGNED');
  }

  test('a bad commit is on main: mend, push, and everybody fast-forwards', async () => {
    await spoil();
    await alice.does(says('git pull --ff-only'));
    assert.match((await alice.types(says('towline trust explain main'))).output, /TRUST_UNSIGNED/);
    await alice.does(says('towline trust mend'));
    await alice.does(says('git push origin main'));
    await device.follows(await alice.head());
    assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'notes/'), '');
    await forge.does('git pull -q --ff-only');
  });

  test('a forge of linear history: mend --linear, pushed by force, and the others follow', async () => {
    await write(bob, 'notes/a', 'good');
    await bob.does('git push -q origin main');
    const good = await bob.head();
    await device.follows(good);
    await alice.does('git pull -q --ff-only');
    await spoil();
    await alice.does(says('git pull --ff-only'));
    await bob.does('git pull -q --ff-only');
    const mended = await alice.does(says('towline trust mend --linear'));
    assert.match(mended, /git push --force-with-lease origin main/);
    assert.notEqual((await alice.types('git push origin main')).code, 0, 'it needs force');
    await alice.does(says('git push --force-with-lease origin main'));
    await device.follows(await alice.head());
    assert.equal(await alice.does('git rev-list --merges main'), '');
    assert.equal(await alice.head('HEAD~1'), good);
    await bob.does(says('git fetch && git reset --keep origin/main'));
    await write(bob, 'notes/a', 'goes on');
    await bob.does('git push -q origin main');
    await device.follows(await bob.head());
  });

  test('main was rewound: a push of what devices trust, without force', async () => {
    await write(alice, 'notes/a', '1');
    await alice.does('git push -q origin main');
    const commit = await alice.head();
    await device.follows(commit);
    await forge.does(`git push -q --force origin ${anchor}:main`);
    const rewound = await device.looks();
    assert.deepEqual([rewound.stopped?.code, rewound.trusted.commit], ['TRUST_NOT_A_DESCENDANT', commit]);
    await recoverRewound(commit);
    await device.follows(commit);
  });

  test('main was rewound and has gone on: a merge onto what devices trust, without force', async () => {
    await write(alice, 'notes/a', '1');
    await alice.does('git push -q origin main');
    const commit = await alice.head();
    await device.follows(commit);
    await forge.does(`git push -q --force origin ${anchor}:main`);
    await write(bob, 'notes/b', 'bob knew nothing of it');
    await bob.does('git push -q origin main');
    const rewound = await device.looks();
    assert.deepEqual([rewound.stopped?.code, rewound.trusted.commit], ['TRUST_NOT_A_DESCENDANT', commit]);
    await recoverRewound(commit);
    await device.follows(await alice.head());
    assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'notes/'), 'notes/a\nnotes/b');
    await bob.does('git pull -q --ff-only');
  });

  async function recoverRewound(commit: string): Promise<void> {
    await alice.does(says('git fetch'));
    await alice.does(says('git reset --keep COMMIT', { COMMIT: commit }));
    await alice.does(says('git log COMMIT..origin/main', { COMMIT: commit }));
    await alice.does(says('git merge --no-ff origin/main'));
    await alice.does(says('git push origin main'));
  }

  for (const [name, line, notes] of [
    ['with what the other says', 'git merge --no-ff OTHER', 'notes/a\nnotes/b'],
    ['with nothing of the other', 'git merge --no-ff -s ours OTHER', 'notes/a'],
  ] as const) {
    test(`two histories were shown: onto one, ${name}, and the devices of the other come over`, async () => {
      await write(alice, 'notes/a', 'one');
      await alice.does('git push -q origin main');
      await device.follows(await alice.head());
      await forge.does(`git push -q --force origin ${anchor}:main`);
      await write(bob, 'notes/b', 'other');
      await bob.does('git push -q origin main');
      const misled = new Follower(origin, anchor);
      await misled.follows(await bob.head());
      const words = { ONE: await alice.head(), OTHER: await bob.head() };

      await alice.does(says('git fetch'));
      for (const COMMIT of Object.values(words))
        await alice.does(says('towline trust check --head COMMIT', { COMMIT }));
      await alice.does(says('git reset --keep ONE', words));
      await alice.does(says(line, words));
      await alice.does(says('git push origin main'));
      const head = await alice.head();
      await device.follows(head);
      assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'notes/'), notes);
      assert.equal((await misled.looks()).trusted.commit, head);

      await alice.does('towline device add pump-1 --out ../pump-1 && git commit -qam "Keys of pump-1"');
      const added = await alice.does(`${says('towline device add ID --re-anchor', { ID: 'pump-1' })} --json`);
      const again = new Follower(origin, JSON.parse(added).anchor);
      await alice.does(says('git push origin main'));
      await again.follows(await alice.head());
    });
  }

  test('a gateway showed devices a closed request: a mend names their commit, and nobody else has it', async () => {
    await write(alice, 'notes/a', 'one');
    await alice.does('git push -q origin main');
    await write(bob, 'notes/b', 'signed, and never merged');
    const COMMIT = await bob.head();
    const misled = new Follower(bob.directory, anchor);
    await misled.follows(COMMIT);
    assert.notEqual((await alice.types(`git cat-file -e ${COMMIT}`)).code, 0, 'alice does not have it');

    const mended = await alice.does(says('towline trust mend --join COMMIT', { COMMIT }));
    assert.match(mended, /cannot be tried here/);
    await alice.does(says('git push origin main'));
    await device.follows(await alice.head());
    await bob.does(says('git fetch'));
    await bob.does(says('towline trust check --head origin/main'));
    await bob.does(says('git reset --keep origin/main'));
    assert.equal((await misled.looks()).trusted.commit, await alice.head());
  });

  test('a mend that would bring nobody over is not made', async () => {
    await write(alice, 'other', 'root alone may');
    const COMMIT = await alice.head();
    await alice.does(`git push -q origin ${COMMIT}:refs/heads/shown && git reset -q --keep ${anchor}`);
    await bob.does('git fetch -q origin shown');
    await write(bob, 'notes/b', 'main goes on');
    const before = await bob.head();
    const { code, output } = await bob.types(says('towline trust mend --join COMMIT', { COMMIT }));
    assert.deepEqual([code, await bob.head()], [3, before], output);
    assert.match(output, /do not come over/);
  });
});
