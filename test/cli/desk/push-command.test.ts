import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';

describe('towline trust mend', () => {
  test('prints the push to the remote and the branch that this clone pushes to', async () => {
    await using fleet = await makeFleet();
    const anchor = await fleet.git('rev-parse', 'HEAD');
    const mend = async (directory: string, ...args: string[]) => {
      await git(
        fleet.directory,
        'commit',
        '--quiet',
        '--no-gpg-sign',
        '--no-verify',
        '--allow-empty',
        '-m',
        'Bad',
      );
      const made = await towline(['trust', 'mend', '--anchor', anchor, ...args], {}, directory);
      assert.equal(made.code, 0, made.errors);
      return /^push it: (.*)$/m.exec(made.output)?.[1];
    };
    const there = fleet.directory;
    assert.equal(await mend(there), 'git push origin main', 'a clone without a remote');
    await fleet.git('remote', 'add', 'gateway', path.join(fleet.folder, 'gateway.git'));
    assert.equal(await mend(there), 'git push gateway main', 'its only remote');
    await fleet.git('remote', 'add', 'forge', path.join(fleet.folder, 'forge.git'));
    await fleet.git('config', 'branch.main.remote', 'forge');
    await fleet.git('config', 'branch.main.merge', 'refs/heads/trunk');
    assert.equal(await mend(there), 'git push forge main:trunk', 'where main pulls from');
    assert.equal(await mend(there, '--linear'), 'git push --force-with-lease forge main:trunk');
    await fleet.git('config', 'branch.main.pushRemote', 'gateway');
    assert.equal(await mend(there), 'git push gateway main', 'where main pushes to');
    assert.equal(
      await mend(fleet.folder, '--repo', there),
      `git -C ${there} push gateway main`,
      'from elsewhere',
    );
    await git(there, 'commit', '--quiet', '--no-gpg-sign', '--no-verify', '--allow-empty', '-m', 'Bad');
    const json = await towline(['trust', 'mend', '--anchor', anchor, '--json'], {}, there);
    assert.equal(JSON.parse(json.output).push, 'git push gateway main');
  });
});
