/** `towline validate` and the hook look at what a change does to a rollout. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { addRelease, beginAnew, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';

const file = 'rollouts/hello/h11.yaml';
const rollout = (stage: number) =>
  `apiVersion: towline/v1
app: hello
from: [1.0.0]
to: 1.1.0
stages:
  - { name: canary, select: { groups: [canary] }, hold: 4h }
  - { name: all, select: { all: true } }
stage: ${stage}
since: "2026-11-28T12:00:00Z"
`;

async function commit(fleet: TestFleet, message: string): Promise<void> {
  await fleet.git('add', '--all');
  await fleet.git('commit', '-q', '-m', message);
}

describe('towline validate of a rollout', () => {
  test('says whom each stage has; refuses what takes devices back, unless that is asked for; so does the hook', async () => {
    await using fleet = await makeReleasedFleet();
    await addRelease(fleet, '1.1.0');
    await mkdir(path.join(fleet.directory, path.dirname(file)), { recursive: true });
    await fleet.write(file, rollout(1));
    await beginAnew(fleet);
    const validate = (...more: string[]) => towline(['validate', fleet.directory, ...more]);
    const valid = await validate();
    assert.equal(valid.code, 0, valid.output);
    assert.match(valid.output, /^rollout h11 of hello to 1\.1\.0: canary 1 \(open\), all 2$/m);
    const bare = path.join(fleet.folder, 'bare.git');
    await git(fleet.folder, 'clone', '-q', '--bare', fleet.directory, bare);
    await fleet.git('remote', 'add', 'origin', bare);
    await fleet.git('fetch', '-q', 'origin');
    await fleet.git('rm', '-q', file);
    await commit(fleet, 'away');
    const refused = await validate();
    assert.equal(refused.code, 1);
    assert.match(
      refused.output,
      /^rollouts\/hello\/h11\.yaml ROLLOUT_DOWNGRADE .*pump-3 \(1\.1\.0 → 1\.0\.0\); --allow-downgrade goes on$/m,
    );
    await assert.rejects(fleet.git('push', '-q', 'origin', 'main'), /ROLLOUT_DOWNGRADE/);
    await fleet.git('remote', 'rename', 'origin', 'forge');
    await fleet.write('notes.txt', 'a commit more');
    await commit(fleet, 'more');
    await assert.rejects(
      fleet.git('push', '-q', 'forge', 'main'),
      /ROLLOUT_DOWNGRADE/,
      'whatever it is called',
    );
    await fleet.git('remote', 'rename', 'forge', 'origin');
    await fleet.git('reset', '-q', '--hard', 'HEAD~1');
    const allowed = await validate('--allow-downgrade', '--json');
    assert.equal(allowed.code, 0, allowed.output);
    assert.deepEqual(
      JSON.parse(allowed.output).warnings.map(({ code }: { code: string }) => code),
      ['ROLLOUT_DOWNGRADE'],
    );
    await fleet.git('reset', '-q', '--hard', 'origin/main');
    await fleet.write(file, rollout(2));
    await commit(fleet, 'all');
    await fleet.git('push', '-q', 'origin', 'main');
    await fleet.write(file, rollout(1));
    const lowered = await validate('--worktree');
    assert.equal(lowered.code, 0, lowered.output);
    assert.match(lowered.output, /^rollout h11 of hello goes back from stage 2 to 1$/m);
  });

  test('a pin that main has had for more than 90 days without an end is a warning', async () => {
    await using fleet = await makeReleasedFleet();
    const pump = 'devices/berlin/pump-1.yaml';
    const text = await fleet.git('show', `HEAD:${pump}`);
    await fleet.write(pump, `${text.trimEnd()}\napps: { hello: { release: 1.0.0 } }\n`);
    await beginAnew(fleet);
    await fleet.git('commit', '-q', '--amend', '--no-edit', '--date', '2020-01-01T00:00:00Z');
    const validate = () => towline(['validate', fleet.directory, '--worktree']);
    assert.doesNotMatch((await validate()).output, /ROLLOUT_PIN_OLD/, 'it came just now');
    process.env.GIT_COMMITTER_DATE = '2026-01-01T00:00:00Z';
    try {
      await fleet.git('commit', '-q', '--amend', '--no-edit');
    } finally {
      delete process.env.GIT_COMMITTER_DATE;
    }
    const old = await validate();
    assert.match(
      old.output,
      /^devices\/berlin\/pump-1\.yaml:\d+:\d+ ROLLOUT_PIN_OLD warning: hello is pinned to 1\.0\.0 /m,
    );
    await fleet.replace(pump, 'release: 1.0.0', 'release: 1.0.0, pinned: { until: "2099-01-01T00:00:00Z" }');
    assert.doesNotMatch((await validate()).output, /ROLLOUT_PIN_OLD/);
  });
});
