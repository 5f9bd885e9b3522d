/** "Recovery" of docs/trust.md: two keys have dated the line ahead, and root sets the time, each line as it is written there. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { makeFleet } from '../fleet.ts';
import { git } from '../towline.ts';
import { Clone, Follower, type PolicyText, runbook } from './runbook.ts';

const says = runbook('trust.md');
type Timed = PolicyText & { time?: string };

describe('a date in the future stops everybody', () => {
  test('until root sets the time, on a branch, and mends main with it', async () => {
    await using fleet = await makeFleet();
    const [bobsKey, carolsKey] = await Promise.all([makeSshKey('ed25519'), makeSshKey('ed25519')]);
    const origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    const alice = new Clone(fleet.directory);
    try {
      await alice.does(`git remote add origin ${origin}`);
      alice.policy(policy => {
        policy.principals.bob = { ssh: [bobsKey.publicKey] };
        policy.principals.carol = { ssh: [carolsKey.publicKey] };
        policy.roles.notes = { principals: ['bob', 'carol'] };
        policy.rules = [{ paths: ['notes/**'], roles: ['notes'] }];
      });
      await alice.does('git commit -qam "Bob and Carol keep notes" && git push -q -u origin main');
      const anchor = await alice.head();
      await alice.does(`git config towline.anchor ${anchor}`);
      const device = new Follower(origin, anchor);
      await device.follows(anchor);
      for (const [name, key] of [
        ['bob', bobsKey],
        ['carol', carolsKey],
      ] as const) {
        const settings = ['gpg.format=ssh', `user.signingkey=${key.file}`];
        const clone = await Clone.make(origin, path.join(fleet.folder, name), anchor, settings);
        await clone.does('GIT_COMMITTER_DATE=2098-01-01T00:00:00Z git commit -q --allow-empty -m Later');
        await clone.does('git push -q --no-verify origin main');
      }
      const trusted = await git(origin, 'rev-parse', 'main');
      await device.follows(trusted);

      await alice.does('git pull -q --ff-only');
      await alice.does(
        'echo more > README.md && git commit -qam Honest && git push -q --no-verify origin main',
      );
      await device.staysFor('TRUST_TIME_BACKWARDS');

      await alice.does(says('git switch --create reset COMMIT', { COMMIT: trusted }));
      const now = await alice.does(says('date -u +%FT%TZ'));
      alice.policy(policy => {
        (policy as Timed).time = now;
        delete policy.principals.carol;
        policy.roles.notes = { principals: ['bob'] };
      });
      await alice.does(says('git commit --all --message "Root sets the time"'));
      await alice.does(says('git switch main && towline trust mend --tree reset'));
      await alice.does(says('git push origin main'));
      await device.follows(await alice.head());
      assert.equal(device.trusted?.lineTimeSec, Date.parse(now) / 1000);
      await alice.does('echo on >> README.md && git commit -qam Onwards && git push -q origin main');
      await device.follows(await alice.head());
    } finally {
      await bobsKey.remove();
      await carolsKey.remove();
    }
  });
});
