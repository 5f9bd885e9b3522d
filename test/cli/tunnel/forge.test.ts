/** Where main takes pull requests only: `--pr` pushes a branch that any merge button can put on main. */
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile } from '../../gateway/rig/program.ts';
import { makeFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';

/** Refuses main, and says what forges say. */
const hook = `#!/bin/sh
while read -r old new ref; do
  [ "$ref" != refs/heads/main ] || { echo "main is protected: open a merge request" >&2; exit 1; }
  echo "To create a merge request for \${ref#refs/heads/}, visit:" >&2
  echo "  https://forge.example.com/acme/fleet/-/merge_requests/new" >&2
  echo "options: \${GIT_PUSH_OPTION_0-none}" >&2
done
`;

test('--pr: the branch has the change and an approval, the forge’s words are shown, and the merge button’s commit is taken', async () => {
  await using fleet = await makeFleet();
  const forge = path.join(fleet.folder, 'forge.git');
  await git(fleet.folder, 'init', '-q', '--bare', '-b', 'main', forge);
  await git(forge, 'config', 'receive.advertisePushOptions', 'true');
  const device = testDevice('pr-1');
  await fleet.write('devices/pr-1.yaml', deviceFile(device, ['tunnel: closed # mostly']));
  await fleet.git('add', '--all');
  await fleet.git('commit', '-q', '-m', 'pr-1');
  await fleet.git('remote', 'add', 'origin', forge);
  await fleet.git('push', '-q', '-u', 'origin', 'main');
  await writeFile(path.join(forge, 'hooks/pre-receive'), hook);
  await chmod(path.join(forge, 'hooks/pre-receive'), 0o755);
  const repo = ['--repo', fleet.directory];
  const refused = await towline(['tunnel', 'open', 'pr-1', '--no-wait', ...repo]);
  assert.match(refused.errors, /CLI_PUSH_REFUSED origin: main is protected: open a merge request; /);
  assert.match(refused.errors, /`--pr`/);
  const asked = ['tunnel', 'open', 'pr-1', '--for', '1h', '--reason', 'INC-42', '--pr', ...repo];
  const drafted = await towline([...asked, '-o', 'merge_request.create']);
  assert.equal(drafted.code, 0, drafted.errors);
  assert.match(
    drafted.output,
    /^pushed tunnel\/pr-1-\S+: pr-1 is to open, until \S+Z\napproved by alice\n {2}To create a merge request/m,
  );
  assert.match(drafted.output, /^ {2}https:\/\/forge\.example\.com\S+\n {2}options: merge_request\.create$/m);
  const branch = /pushed (\S+):/.exec(drafted.output)?.[1] ?? '';
  assert.doesNotMatch(await git(forge, 'log', '-1', '--format=%B', branch), /Towline-Ref/);
  // A squash button: a commit that nobody has signed, with the tree of the branch.
  const tree = await git(forge, 'rev-parse', `${branch}^{tree}`);
  const squashed = await git(forge, 'commit-tree', '--no-gpg-sign', '-p', 'main', '-m', 'Squashed', tree);
  await git(forge, 'update-ref', 'refs/heads/main', squashed);
  await fleet.git('pull', '-q', '--ff-only');
  const checked = await towline(['trust', 'check', ...repo]);
  assert.equal(checked.code, 0, checked.output);
  assert.match(
    await git(forge, 'show', 'main:devices/pr-1.yaml'),
    /^tunnel: \{state: open, until: \S+Z, reason: INC-42\} # mostly$/m,
  );
});
