/** A rollout from a desk, from plan to finish: each verb is a signed commit on main of a real remote. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { forgeServer, token } from '../forge/forge-server.ts';
import { git } from '../towline.ts';
import { type RolloutDesk, rolloutDesk } from './rollout-desk.ts';

const file = 'rollouts/hello/r1.yaml';
const stages = 'canary:group=canary:0s,all';

async function started(): Promise<RolloutDesk> {
  const desk = await rolloutDesk();
  const begin = ['start', 'hello', '1.1.0', '--from', '1.0.0', '--stages', stages, '--name', 'r1'];
  await desk.says('rollout', ...begin);
  // A hold of nothing is a second.
  await delay(1_100);
  return desk;
}

describe('a rollout from a desk', () => {
  const ready = rolloutDesk();
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('plan shows whom each stage reaches, of a file that is nowhere yet; a stage of nobody is a problem', async () => {
    const desk = await ready;
    const draft = path.join(desk.fleet.folder, 'r0.yaml');
    const lines = [
      'apiVersion: towline/v1',
      'app: hello',
      'from: [1.0.0]',
      'to: 1.1.0',
      'stage: 0',
      'stages:',
    ];
    const canary = '  - { name: canary, select: { groups: [canary] }, hold: 4h }';
    await writeFile(draft, [...lines, canary, '  - { name: all, select: { all: true } }', ''].join('\n'));
    const planned = await desk.says('rollout', 'plan', draft);
    assert.match(planned, /hello\/r0: 1\.0\.0 → 1\.1\.0/);
    assert.match(planned, /1 +canary +2 +2 +4h +bot +pump-1, pump-2/);
    assert.match(planned, /2 +all +3 +5 +– +bot +pump-3, pump-4, pump-5/);
    assert.doesNotMatch(planned, /never seen/, 'nobody was asked');
    await desk.reports('pump-3', '1.0.0');
    const seen = await desk.says('rollout', 'plan', draft, '--telemetry', desk.telemetry);
    assert.match(seen, /look pump-1, pump-2, pump-4, pump-5 – never seen/);
    assert.match(planned, /down: 5 devices: each service that changes is down while it is replaced/);
    await writeFile(
      draft,
      [...lines, '  - { name: none, select: { groups: [canary], labels: { a: b } } }', ''].join('\n'),
    );
    const empty = await desk.does('rollout', 'plan', draft, '--json');
    assert.equal(empty.code, 1, empty.errors);
    assert.deepEqual(JSON.parse(empty.output).stages[0].devices, []);
  });

  test('what is wrong is refused by its code before anything is written', async () => {
    const desk = await ready;
    const before = await desk.head();
    const start = ['rollout', 'start', 'hello', '1.1.0'];
    const refusals: readonly (readonly [number, string, readonly string[]])[] = [
      [2, 'CLI_USAGE', ['rollout', 'start', 'hello']],
      [2, 'CLI_USAGE', start],
      [2, 'CLI_USAGE', [...start, '--from', '1.0.0', '--stages', 'canary:sometimes']],
      [2, 'CLI_USAGE', [...start, '--from', '1.0.0', '--stages', 'canary:10%:group=a']],
      [2, 'CLI_USAGE', [...start, '--from', '1.0.0', '--at', 'tomorrow']],
      [1, 'ROLLOUT_UNKNOWN', ['rollout', 'pause', 'r9']],
      [1, 'ROLLOUT_UNKNOWN', ['rollout', 'finish', 'r9']],
      [2, 'CLI_USAGE', ['rollout', 'step']],
      [2, 'CLI_USAGE', ['rollout', 'status']],
    ];
    for (const [code, name, args] of refusals) {
      const ran = await desk.does(...args);
      assert.equal(ran.code, code, args.join(' '));
      assert.match(ran.errors, new RegExp(`^(error: )?${name}`), args.join(' '));
    }
    assert.equal(await desk.head(), before);
  });

  test('start with --dry-run shows the file and leaves main; with --at the bot begins then', async () => {
    const desk = await ready;
    const before = await desk.head();
    const begin = ['rollout', 'start', 'hello', '1.1.0', '--from', '1.0.0', '--name', 'r1'];
    const shown = await desk.says(
      ...begin,
      '--stages',
      'half:50%:1d,all:people',
      '--at',
      '2027-01-01T00:00:00Z',
      '--dry-run',
    );
    assert.match(
      shown,
      /^\+ {2}- name: half\n\+ {4}percent: 50\n\+ {4}hold: 1d\n\+ {2}- name: all\n\+ {4}promote: people$/m,
    );
    assert.match(shown, /^\+stage: 0\n\+since: "2027-01-01T00:00:00Z"$/m);
    assert.equal(await desk.head(), before);
  });

  test('start --file takes a rollout as it is written, comments and gates, and opens its first stage', async () => {
    const desk = await ready;
    const written = path.join(desk.fleet.folder, 'r7.yaml');
    const gate = 'gate: { min: 2, success: 90%, failures: 1, within: 2d }';
    const lines = [
      '# Why: INC-42',
      'apiVersion: towline/v1',
      'app: hello',
      'from: [1.0.0]',
      'to: 1.1.0',
      'stages:',
    ];
    const text = [
      ...lines,
      `  - { name: all, select: { all: true }, ${gate} } # at once`,
      'stage: 0',
      '',
    ].join('\n');
    await writeFile(written, text);
    const shown = await desk.says('rollout', 'start', '--file', written, '--dry-run');
    assert.match(shown, /^\+# Why: INC-42$/m);
    assert.match(shown, /failures: 1, within: 2d \} \} # at once\n\+stage: 1\n\+since: "20/);
    await writeFile(written, text.replace('to: 1.1.0', 'to: [1.1.0]'));
    const wrong = await desk.does('rollout', 'start', '--file', written);
    assert.match(wrong.errors, /FLEET_SCHEMA/);
    await writeFile(written, text.replace('to: 1.1.0', 'to: 9.9.9'));
    const unknown = await desk.does('rollout', 'start', '--file', written);
    assert.notEqual(unknown.code, 0, 'there is no such release');
  });

  test('from start to finish: the bot steps when the canaries are well, all have it, and no device gets anything else by the end', async () => {
    await using desk = await started();
    const telemetry = ['--telemetry', desk.telemetry];
    assert.match(await desk.atMain(file), /^stage: 1\nsince: "20/m);
    const again = await desk.does('rollout', 'start', 'hello', '1.1.0', '--from', '1.0.0', '--name', 'r1');
    assert.match(again.errors, /ROLLOUT_EXISTS/);
    await desk.reports('pump-1', '1.1.0');
    for (const id of ['pump-3', 'pump-4', 'pump-5']) await desk.reports(id, '1.0.0');
    const waits = await desk.says('rollout', 'step', '--all', ...telemetry);
    assert.match(
      waits,
      /^hello\/r1: stage 2 may open/,
      'of two canaries one is well, the other was never seen: not counted',
    );
    assert.match(await desk.atMain(file), /^stage: 2$/m);
    const log = await git(desk.origin, 'log', '-1', '--format=%B', 'main');
    assert.match(log, /^Rollout hello\/r1: stage 2 of 2, all, gets 1\.1\.0\n\nTowline-Ref: acme\/main$/m);
    const open = await desk.does('rollout', 'status', 'r1', ...telemetry);
    assert.equal(open.code, 0, open.errors);
    assert.match(open.output, /2 +all +\.{20} 0\/3 +3 +3 pending/);
    const early = await desk.does('rollout', 'finish', 'r1');
    assert.equal(early.code, 0, early.errors);
    assert.match(early.output, /of \d+ devices none is assigned another release by it/);
    assert.match(await desk.atMain('groups/canary.yaml'), /release: 1\.1\.0/);
    await assert.rejects(desk.atMain(file));
  });

  test('finish is refused where it would move a device that no stage reached, unless that runs it by its own word', async () => {
    await using desk = await started();
    const next = path.join(desk.fleet.folder, 'r2.yaml');
    const hotfix = ['app: hello', 'from: [1.0.0, 1.1.0]', 'to: 1.2.0', 'supersedes: r1', 'stage: 0'];
    const stage = 'stages: [{ name: all, select: { all: true } }]';
    await writeFile(next, ['apiVersion: towline/v1', ...hotfix, stage, ''].join('\n'));
    const shown = await desk.says('rollout', 'start', '--file', next, '--dry-run');
    assert.match(shown, /^\+paused: true\n\+reason: "r2 supersedes it"$/m, 'a bot’s key could go on with r1');
    const refused = await desk.does('rollout', 'finish', 'r1', '--telemetry', desk.telemetry);
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /ROLLOUT_MOVES_DEVICES .*pump-3 \(1\.0\.0 → 1\.1\.0\), pump-4/);
    for (const id of ['pump-3', 'pump-4', 'pump-5']) await desk.reports(id, '1.1.0');
    const done = await desk.says('rollout', 'finish', 'r1', '--telemetry', desk.telemetry);
    assert.match(done, /3 devices are assigned what they run already: pump-3, pump-4, pump-5/);
  });

  test('a failure pauses it, with name and reason in the file; people resume, promote, abort', async () => {
    await using desk = await started();
    const telemetry = ['--telemetry', desk.telemetry];
    await desk.reports('pump-1', '1.1.0');
    await desk.reports('pump-2', '1.0.0', {
      state: 'rolled-back',
      wanted: { release: '1.1.0', digest: 'digest 1.1.0' },
    });
    const said = JSON.parse(await desk.says('rollout', 'step', 'r1', '--dry-run', '--json', ...telemetry));
    assert.equal(said.rollouts[0].step.kind, 'pause');
    await desk.says('rollout', 'step', 'r1', ...telemetry);
    assert.match(
      await desk.atMain(file),
      /^paused: true\nreason: "1 of 2 failed, 0 may: pump-2 \(rolled back\)"$/m,
    );
    const status = await desk.does('rollout', 'status', ...telemetry);
    assert.equal(status.code, 1);
    assert.match(status.output, /failed pump-2 – rolled back/);
    assert.match(await desk.says('rollout', 'step', '--all', ...telemetry), /^hello\/r1: paused\n$/);
    assert.match((await desk.does('rollout', 'promote', 'r1')).errors, /ROLLOUT_NOT_OPEN .*is paused/);
    await desk.says('rollout', 'resume', 'r1');
    assert.doesNotMatch(await desk.atMain(file), /reason|paused: true/);
    assert.match(await desk.says('rollout', 'resume', 'r1'), /is not paused/);
    await desk.says('rollout', 'promote', 'r1');
    assert.match(
      (await desk.does('rollout', 'promote', 'r1')).errors,
      /ROLLOUT_NOT_OPEN .*all 2 stages are open/,
    );
    const aborted = await desk.says('rollout', 'abort', 'r1', '--yes', '--reason', 'INC-42');
    assert.match(aborted, /5 devices go back: pump-1, pump-2, pump-3, pump-4, pump-5/);
    assert.match(await desk.atMain(file), /^aborted: true$/m);
    assert.match((await desk.does('rollout', 'resume', 'r1')).errors, /ROLLOUT_NOT_OPEN/);
  });

  test('promote keeps the hold unless it is told to; a one-way migration lists who cannot go back', async () => {
    const desk = await ready;
    const begin = ['start', 'hello', '1.1.0', '--from', '1.0.0', '--stages', 'canary:group=canary:4h,all'];
    await desk.says('rollout', ...begin, '--name', 'r2');
    assert.match(
      (await desk.does('rollout', 'promote', 'r2')).errors,
      /ROLLOUT_NOT_YET .*stage 1 is held until/,
    );
    await desk.says('rollout', 'promote', 'r2', '--now');
    const oneWay = ['start', 'hello', '1.2.0', '--from', '1.0.0', '--stages', 'canary:group=canary'];
    await desk.says('rollout', 'abort', 'r2', '--yes');
    await desk.says('rollout', ...oneWay, '--name', 'r3');
    const aborted = await desk.says('rollout', 'abort', 'hello/r3', '--yes');
    assert.match(aborted, /by a one-way migration those that run 1\.2\.0 already stay on it: pump-1, pump-2/);
  });

  test('two bots at once: one step is made, by one of them', async () => {
    await using desk = await started();
    const telemetry = ['--telemetry', desk.telemetry];
    await desk.reports('pump-1', '1.1.0');
    const before = Number(await git(desk.origin, 'rev-list', '--count', 'main'));
    await Promise.all([1, 2].map(() => desk.says('rollout', 'step', '--all', ...telemetry)));
    assert.equal(Number(await git(desk.origin, 'rev-list', '--count', 'main')), before + 1);
    assert.match(await desk.atMain(file), /^stage: 2$/m);
  });

  test('where a forge guards main each step is a branch of a name that stays; a second run makes no other', async () => {
    await using desk = await started();
    const step = ['rollout', 'step', '--all', '--pr', '--telemetry', desk.telemetry];
    await desk.reports('pump-1', '1.1.0');
    const before = await desk.head();
    const said = await desk.says(...step);
    const branch = /\((rollouts\/hello\/r1\/stage-2-[0-9a-f]{12})\)/.exec(said)?.[1] ?? '';
    const first = await git(desk.origin, 'rev-parse', branch);
    assert.equal(await desk.says(...step), said);
    assert.equal(await git(desk.origin, 'rev-parse', branch), first);
    assert.equal(await desk.head(), before);
    assert.match(await git(desk.origin, 'show', `${branch}:${file}`), /^stage: 2$/m);
  });

  test('with --forge the request is opened there, once, and its token is in no word of it', async () => {
    await using desk = await started();
    await using forge = await forgeServer('gitea');
    const secret = path.join(desk.fleet.folder, 'forge-token');
    await writeFile(secret, token);
    const where = [
      '--forge',
      'gitea',
      '--url',
      forge.url,
      '--repository',
      'acme/fleet',
      '--token-file',
      secret,
    ];
    const step = ['rollout', 'step', '--all', '--pr', ...where, '--telemetry', desk.telemetry, '--json'];
    await desk.reports('pump-1', '1.1.0');
    const first = JSON.parse(await desk.says(...step)).rollouts[0];
    const second = JSON.parse(await desk.says(...step)).rollouts[0];
    assert.equal(first.request, second.request);
    assert.deepEqual(
      forge.requests.map(({ branch, base }) => [branch.replace(/-\w+$/, ''), base]),
      [['rollouts/hello/r1/stage-2', 'main']],
    );
    assert.doesNotMatch(JSON.stringify([first, second]), new RegExp(token));
  });
});
