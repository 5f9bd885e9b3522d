/** `towline rollout step` among people: files that no bot can edit, requests that were merged long ago, rollouts that go on again. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { instantOf } from '../../../core/rollout/board.ts';
import { git } from '../towline.ts';
import { type RolloutDesk, rolloutDesk } from './rollout-desk.ts';

const dayMs = 86_400_000;
const ago = (ms: number): string => instantOf(Date.now() - ms);

/** Canaries of `hello`, who have so many seconds, then all. */
const rollout = (more: readonly string[], withinSec = 4): string =>
  [
    'apiVersion: towline/v1\napp: hello\nfrom: [1.0.0]\nto: 1.1.0\nstages:',
    `  - { name: canary, select: { groups: [canary] }, gate: { within: ${withinSec}s } }`,
    '  - { name: all, select: { all: true } }',
    ...more,
    '',
  ].join('\n');

describe('a step of a rollout among people', () => {
  let desk: RolloutDesk;
  let telemetry: readonly string[];
  before(async () => {
    desk = await rolloutDesk();
    telemetry = ['--telemetry', desk.telemetry];
  });
  after(() => desk[Symbol.asyncDispose]());

  const failed = { state: 'rolled-back', wanted: { release: '1.1.0', digest: 'digest 1.1.0' } } as const;

  async function removed(...files: readonly string[]): Promise<void> {
    await desk.fleet.git('pull', '-q', '--ff-only');
    await desk.fleet.git('rm', '-q', ...files);
    await desk.commits({});
  }

  test('a file that no bot can edit is named, and keeps no other rollout from its step', async () => {
    const nobody = 'apiVersion: towline/v1, app: hello, from: [0.0.1], to: 1.1.0';
    const flow = `{ ${nobody}, stages: [{ name: all, select: { all: true } }], stage: 0, since: ${ago(dayMs)} }\n`;
    await desk.commits({
      'rollouts/hello/a.yaml': flow,
      'rollouts/hello/b.yaml': rollout(['stage: 0', `since: ${ago(dayMs)}`]),
    });
    const { code, output } = await desk.does('rollout', 'step', '--all', ...telemetry);
    assert.match(
      output,
      /^hello\/a: stage 1 may open; not done: FLEET_SCHEMA .*cannot be edited line by line/m,
    );
    assert.match(output, /^hello\/b: stage 1 may open \([0-9a-f]{12}\)$/m);
    assert.equal(code, 1);
    assert.match(await desk.atMain('rollouts/hello/b.yaml'), /^stage: 1$/m);
    const alone = await desk.does('rollout', 'step', 'a', ...telemetry);
    assert.match(alone.errors, /FLEET_SCHEMA/);
    const json = JSON.parse((await desk.does('rollout', 'step', '--all', '--json', ...telemetry)).output);
    assert.match(json.rollouts[0].problem, /^FLEET_SCHEMA /);
    const { output: asked } = await desk.does('rollout', 'step', '--all', '--pr', ...telemetry);
    assert.match(asked, /^hello\/a: .*FLEET_SCHEMA/m);
    await removed('rollouts/hello/a.yaml', 'rollouts/hello/b.yaml');
  });

  test('where a request for a pause was merged, and people went on, the next pause is a request of its own', async () => {
    await desk.commits({ 'rollouts/hello/r1.yaml': rollout(['stage: 1', `since: ${ago(60_000)}`]) });
    await desk.reports('pump-1', '1.0.0', failed);
    const step = ['rollout', 'step', '--all', '--pr', ...telemetry];
    const branchIn = (said: string) => /\((rollouts\/[^)]*)\)/.exec(said)?.[1] ?? '';
    const first = branchIn(await desk.says(...step));
    assert.match(first, /^rollouts\/hello\/r1\/pause-1-/);
    // Another device's file moves main: the request is the same.
    await desk.commits({ 'README.md': 'A fleet\n' });
    assert.equal(branchIn(await desk.says(...step)), first);
    // As a forge squashes it: no commit of the branch is on main.
    await desk.says('rollout', 'pause', 'r1', '--reason', 'merged');
    await desk.says('rollout', 'resume', 'r1');
    const second = branchIn(await desk.says(...step));
    assert.notEqual(second, first);
    assert.equal(await git(desk.origin, 'rev-parse', `${second}^`), await desk.head());
    assert.match(await git(desk.origin, 'show', `${second}:rollouts/hello/r1.yaml`), /^paused: true$/m);
    await removed('rollouts/hello/r1.yaml');
  });

  test('a rollout that was paused for time that was over has its time anew when people let it go on', async () => {
    const beganMs = performance.now();
    await desk.commits({ 'README.md': 'A fleet that takes its time\n' });
    await desk.says('rollout', 'step', '--all', ...telemetry);
    // Long enough for a few commands, however fast the machine is.
    const withinSec = Math.ceil(5 + (5 * (performance.now() - beganMs)) / 1000);
    const stage = ['stage: 1', `since: ${ago(2 * dayMs)}`];
    await desk.commits({ 'rollouts/hello/r2.yaml': rollout(stage, withinSec) });
    await desk.reports('pump-1', '1.0.0', { state: 'waiting', wanted: failed.wanted });
    // Its time counts from when this clone has seen it.
    await desk.says('rollout', 'step', 'r2', ...telemetry);
    await delay(withinSec * 1000 + 100);
    await desk.says('rollout', 'step', 'r2', ...telemetry);
    assert.match(await desk.atMain('rollouts/hello/r2.yaml'), /^reason: "not in time: 1 are not there yet/m);
    await desk.says('rollout', 'resume', 'r2');
    const said = await desk.says('rollout', 'step', 'r2', ...telemetry);
    assert.match(said, /^hello\/r2: waits for devices, until .*: 1 are not there yet$/m);
    // Where there is time left, a hold does not begin anew.
    const text = await desk.atMain('rollouts/hello/r2.yaml');
    await desk.says('rollout', 'pause', 'r2');
    await desk.says('rollout', 'resume', 'r2');
    assert.equal(
      /^since: .*$/m.exec(await desk.atMain('rollouts/hello/r2.yaml'))?.[0],
      /^since: .*$/m.exec(text)?.[0],
    );
    await removed('rollouts/hello/r2.yaml');
  });

  test('trap 2: a rollout with a stage of nobody does not begin', async () => {
    const start = ['rollout', 'start', 'hello', '1.1.0', '--from', '1.0.0', '--name', 'r3', '--stages'];
    const nobody = await desk.does(...start, 'first:group=stable,second:group=stable,all');
    assert.match(nobody.errors, /ROLLOUT_STAGE_EMPTY .*stage second selects no device/);
    const none = await desk.does('rollout', 'start', 'hello', '1.1.0', '--from', '0.9.0', '--name', 'r3');
    assert.match(none.errors, /ROLLOUT_STAGE_EMPTY .*stage all selects no device/);
  });

  test('finish changes a release and nothing besides: where another value is an alias of it, it is refused', async () => {
    const groups = ['canary', 'stable'].map(name => `groups/${name}.yaml`);
    const before = await Promise.all(groups.map(file => desk.atMain(file)));
    const aliased = before.map(text =>
      text.replace(/release: "?1\.0\.0"?/, 'release: &v 1.0.0, variables: { VERSION: *v }'),
    );
    assert.notDeepEqual(aliased, before);
    const files = (texts: readonly string[]) =>
      Object.fromEntries(groups.map((file, at) => [file, texts[at] ?? '']));
    const open = rollout(['stage: 2', `since: ${ago(dayMs)}`]);
    await desk.commits({ ...files(aliased), 'rollouts/hello/r5.yaml': open });
    const refused = await desk.does('rollout', 'finish', 'r5', ...telemetry);
    assert.match(refused.errors, /FLEET_SCHEMA .*groups\/canary\.yaml/);
    await desk.commits(files(before));
    await removed('rollouts/hello/r5.yaml');
  });

  test('finish is no way past a moment to come: neither of a stage nor of a pin', async () => {
    const later = instantOf(Date.now() + dayMs);
    await desk.commits({ 'rollouts/hello/r4.yaml': rollout(['stage: 2', `since: ${later}`]) });
    const early = await desk.does('rollout', 'finish', 'r4', ...telemetry);
    assert.match(early.errors, /ROLLOUT_MOVES_DEVICES .*pump-3 \(1\.0\.0 → 1\.1\.0\)/);
    const pinned = `apps: { hello: { release: 1.0.0, pinned: { until: ${later} } } }`;
    const file =
      (await git(desk.origin, 'ls-tree', '-r', '--name-only', 'main', 'devices'))
        .split('\n')
        .find(path => path.endsWith('pump-3.yaml')) ?? '';
    const device = await desk.atMain(file);
    await desk.commits({
      [file]: `${device}\n${pinned}\n`,
      'rollouts/hello/r4.yaml': rollout(['stage: 1', `since: ${ago(dayMs)}`]),
    });
    for (const id of ['pump-4', 'pump-5']) await desk.reports(id, '1.1.0');
    const moved = await desk.does('rollout', 'finish', 'r4', ...telemetry);
    assert.match(moved.errors, /ROLLOUT_MOVES_DEVICES .*pump-3 \(1\.0\.0 → 1\.1\.0\)/);
    await desk.says('rollout', 'promote', 'r4');
    await desk.says('rollout', 'finish', 'r4', ...telemetry);
  });
});
