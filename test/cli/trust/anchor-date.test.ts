/** A walk that began at a date which has not come would take nothing that is honest: no such anchor is written down. */
import assert from 'node:assert/strict';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makeFleet } from '../fleet.ts';
import { git, run, towline } from '../towline.ts';

test('an anchor dated ahead is refused where a time server keeps the clock, and pointed out where none does', async () => {
  await using fleet = await makeFleet();
  const programs = await mkdtemp(path.join(tmpdir(), 'towline-clock-'));
  try {
    const first = await git(fleet.directory, 'rev-parse', 'HEAD');
    const date = { GIT_COMMITTER_DATE: '2098-01-01T00:00:00Z' };
    const args = ['commit', '--quiet', '--allow-empty', '--message', 'Later'];
    assert.equal((await run('git', args, date, fleet.directory)).code, 0);
    const environment = { PATH: `${programs}:${process.env.PATH}` };
    const keeper = (answer: string): Promise<void> =>
      writeFile(path.join(programs, 'timedatectl'), `#!/bin/sh\necho ${answer}\n`, { mode: 0o755 });
    const state = path.join(fleet.folder, 'gateway');
    const init = (...more: string[]) => {
      const to = ['--state-directory', state, '--config', path.join(state, 'gateway.yaml')];
      const of = ['--repo', fleet.directory, '--address', '127.0.0.1:8443'];
      return towline(['gateway', 'init', ...of, ...to, ...more], environment);
    };
    await keeper('yes');
    const refused = await init();
    assert.notEqual(refused.code, 0);
    assert.match(refused.errors, /TRUST_TIME_FUTURE .*2098-01-01.*--anchor/);
    await assert.rejects(access(state), 'nothing was made');
    const hooks = ['trust', 'hooks', '--repo', fleet.directory, '--anchor', 'HEAD'];
    assert.match((await towline(hooks, environment)).errors, /TRUST_TIME_FUTURE/);
    assert.equal(await git(fleet.directory, 'config', 'towline.anchor'), first);
    assert.equal((await init('--anchor', first)).code, 0);
    await rm(state, { recursive: true });
    await keeper('no');
    const warned = await init();
    assert.equal(warned.code, 0, warned.errors);
    assert.match(warned.errors, /^warning: the anchor .* no time server keeps/m);
  } finally {
    await rm(programs, { recursive: true });
  }
});
