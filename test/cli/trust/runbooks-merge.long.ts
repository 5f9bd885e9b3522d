/** "Recovery" of docs/trust.md: a mend is refused with TRUST_MERGE, each line as it is written there. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { git } from '../towline.ts';
import { Clone, Follower, runbook } from './runbook.ts';

const says = runbook('trust.md');
const settings = (key: SshKey) => ['gpg.format=ssh', `user.signingkey=${key.file}`];

describe('a merge has put an accepted commit behind it, and drops what that says', () => {
  let fleet: TestFleet;
  let keys: Record<'bob' | 'carol' | 'dan', SshKey>;
  let origin: string;
  let alice: Clone;
  let others: Record<'bob' | 'carol' | 'dan', Clone>;
  let GOOD: string;
  let COMMIT: string;
  let bad: string;
  let late: Follower;
  let live: Follower;

  before(async () => {
    const [bob, carol, dan] = await Promise.all([
      makeSshKey('ed25519'),
      makeSshKey('ed25519'),
      makeSshKey('ed25519'),
    ]);
    keys = { bob, carol, dan };
    fleet = await makeFleet();
    origin = path.join(fleet.folder, 'origin.git');
    await git(fleet.folder, 'init', '--quiet', '--bare', '-b', 'main', origin);
    alice = new Clone(fleet.directory);
    alice.policy(policy => {
      for (const [name, { publicKey }] of Object.entries(keys))
        policy.principals[name] = { ssh: [publicKey] };
      policy.roles = {
        root: { principals: ['alice', 'carol'], threshold: 2 },
        notes: { principals: ['bob'] },
        data: { principals: ['dan'] },
      };
      policy.rules = [
        { paths: ['notes/**'], roles: ['notes'] },
        { paths: ['data/**'], roles: ['data'] },
      ];
    });
    await alice.does(
      `git remote add origin ${origin} && git commit -qam Policy && git push -q --no-verify -u origin main`,
    );
    GOOD = await alice.head();
    await alice.does(`git config towline.anchor ${GOOD}`);
    const clone = (name: keyof typeof keys) =>
      Clone.make(origin, path.join(fleet.folder, name), GOOD, settings(keys[name]));
    others = { bob: await clone('bob'), carol: await clone('carol'), dan: await clone('dan') };
    await others.dan.does('mkdir data && echo 1 > data/a && git add data && git commit -qm Data');
    await others.dan.does('git push -q origin main');
    COMMIT = await others.dan.head();
    await others.bob.does('git fetch -q && git merge -q --no-ff --no-edit -s ours origin/main');
    await others.bob.does('git push -q --no-verify origin main');
    bad = await others.bob.head();
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await Promise.all(Object.values(keys ?? {}).map(key => key.remove()));
  });
  beforeEach(async () => {
    await git(origin, 'update-ref', 'refs/heads/main', COMMIT);
    live = new Follower(origin, GOOD);
    await live.looks();
    await git(origin, 'update-ref', 'refs/heads/main', bad);
    late = new Follower(origin, GOOD);
    assert.equal((await late.looks()).stopped?.code, 'TRUST_MERGE');
    for (const clone of [alice, ...Object.values(others)])
      await clone.does('git fetch -q && git switch -q main && git reset -q --hard origin/main');
  });

  test('who may not change its paths goes on from the commit itself, and devices on both sides follow', async () => {
    const refused = await alice.types(says('towline trust mend'));
    assert.equal(refused.code, 3);
    assert.match(refused.output, new RegExp(`TRUST_MERGE it merges ${COMMIT}, .*data/a`));
    await alice.does(says('towline trust check --head COMMIT', { COMMIT }));
    await alice.does(says('towline trust mend --anchor COMMIT', { COMMIT }));
    await alice.does(says('git push origin main'));
    await followed([late, live]);
    assert.equal(await git(origin, 'ls-tree', '--name-only', 'main', 'data/'), 'data/a');
  });

  test('root of two goes on without it, and devices that have it stay off the line', async () => {
    await alice.does(`git switch -q -C mended ${GOOD} && echo more >> README.md && git commit -qam More`);
    await alice.does(says('towline approve --base GOOD', { GOOD }));
    await alice.does('git commit -qm Approve && git push -q origin mended');
    await others.carol.does('git fetch -q && git switch -q -C mended origin/mended');
    await others.carol.does(says('towline approve --base GOOD', { GOOD }));
    await others.carol.does('git commit -qm Approve && git push -q origin mended');
    await alice.does('git pull -q --ff-only origin mended && git switch -q main');
    await alice.does(says('towline trust mend --tree BRANCH', { BRANCH: 'mended' }));
    await alice.does(says('git push origin main'));
    await followed([late]);
    const { stopped, trusted } = await live.looks();
    assert.deepEqual([stopped?.code, trusted.commit], ['TRUST_OFF_THE_LINE', COMMIT]);
  });

  async function followed(devices: readonly Follower[]): Promise<void> {
    const head = await alice.head();
    for (const device of devices) {
      const { stopped, trusted } = await device.looks();
      assert.deepEqual([stopped?.message, trusted.commit], [undefined, head]);
    }
  }
});
