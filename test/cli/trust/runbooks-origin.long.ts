/** What docs/trust.md has typed where `origin` decides what main is, or lets a bot in, each line as it is written there. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { git } from '../towline.ts';
import { Clone, Follower, runbook } from './runbook.ts';

const says = runbook('trust.md');

describe('with a remote that takes what it is given', () => {
  let fleet: TestFleet;
  let key: SshKey;
  let origin: string;
  let anchor: string;
  let alice: Clone;
  let other: Clone;
  let device: Follower;

  beforeEach(async () => {
    fleet = await makeFleet();
    key = await makeSshKey('ed25519');
    origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    alice = new Clone(fleet.directory);
    alice.policy(policy => {
      policy.principals.other = { ssh: [key.publicKey] };
      policy.roles.notes = { principals: ['alice', 'other'] };
      policy.rules = [{ paths: ['notes/**'], roles: ['notes'] }];
    });
    await alice.does(
      `git remote add origin ${origin} && git commit -qam Policy && git push -q -u origin main`,
    );
    anchor = await alice.head();
    await alice.does(`git config towline.anchor ${anchor}`);
    const settings = ['gpg.format=ssh', `user.signingkey=${key.file}`];
    other = await Clone.make(origin, path.join(fleet.folder, 'other'), anchor, settings);
    device = new Follower(origin, anchor);
    await device.follows(anchor);
  });
  afterEach(async () => {
    await fleet[Symbol.asyncDispose]();
    await key.remove();
  });

  test('main that a merge by `git pull` put beside what devices follow goes on from the commit that they name', async () => {
    await alice.does('echo more >> README.md && git commit -qam More && git push -q origin main');
    const COMMIT = await alice.head();
    await device.follows(COMMIT);
    await other.does('mkdir notes && echo own > notes/a && git add notes && git commit -qm Own');
    await other.does('git pull -q --no-rebase --no-edit && git push -q --no-verify origin main');
    const stopped = await device.looks();
    assert.deepEqual([stopped.stopped?.code, stopped.trusted.commit], ['TRUST_OFF_THE_LINE', COMMIT]);

    await alice.does(says('git pull --ff-only'));
    await alice.does(says('towline trust check --head COMMIT', { COMMIT }));
    await alice.does(says('towline trust mend --anchor COMMIT --tree HEAD', { COMMIT }));
    await alice.does(says('git push origin main'));
    assert.equal((await device.looks()).trusted.commit, await alice.head());
    assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'notes/'), 'notes/a');
    assert.equal(await alice.head('main^1'), COMMIT);
  });

  test('a bot stamps main of its own clone once it has a name, and the clone of somebody else knows it', async () => {
    alice.policy(policy => {
      policy.roles = { root: { principals: ['alice'] }, timestamp: { principals: ['other'] } };
      policy.rules = [];
    });
    await alice.does('git commit -qam "A bot stamps" && git push -q origin main');
    await other.does(says('towline trust hooks --anchor COMMIT', { COMMIT: anchor }));
    await other.does(says('git pull --ff-only'));
    const stamp = says('towline timestamp --push origin');
    const nobody =
      'unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL; git config user.useConfigOnly true;';
    const unnamed = await other.types(`${nobody} ${stamp}`);
    assert.match(unnamed.errors, /CLI_SIGNING [\s\S]*tell it/);
    await other.does('git config user.name bot && git config user.email bot@example.com');
    assert.match(await other.does(`${nobody} ${stamp}`), new RegExp(`^stamped ${await alice.head()}`));
    await alice.does('git fetch -q origin +refs/towline/timestamp:refs/towline/timestamp');
    await alice.does('towline trust check --now now');
    const wrong = await alice.types(stamp);
    assert.match(wrong.errors, /TRUST_TIMESTAMP .*alice does not have the role timestamp\n.*role timestamp/);
  });
});
