/** Branches that would like reviewers not to see something. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { foldedPrivileges } from '../../../cli/review/folded.ts';
import { commentText } from '../../../cli/review/markdown/comment-text.ts';
import { addRelease, beginAnew, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { addDevices, branch, commit, plan, reviewed } from './branch.ts';

const yaml = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');

/** A rollout of `hello` to 1.1.0, which has reached nobody yet. */
async function rollout(fleet: TestFleet): Promise<void> {
  await addRelease(fleet, '1.1.0');
  await mkdir(path.join(fleet.directory, 'rollouts/hello'), { recursive: true });
  await fleet.write(
    'rollouts/hello/r.yaml',
    yaml(
      ...['app: hello', 'from: [1.0.0]', 'to: 1.1.0', 'stages:'],
      ...[
        '  - { name: none, select: { labels: { nobody: has } } }',
        '  - { name: all, select: { all: true } }',
      ],
      ...['stage: 1', 'since: 2026-11-28T12:00:00Z'],
    ),
  );
}

const compose = 'apps/hello/releases/1.1.0/compose.yaml';
const service = '    depends_on: [worker]\n';

describe('a branch cannot hide', () => {
  test('a tunnel behind a commit of another time', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await fleet.write(
      'devices/berlin/pump-1.yaml',
      yaml(
        'groups: [canary]',
        'tunnel: { state: open, until: 2099-01-01T00:00:00Z, targets: [{ name: x, host: 127.0.0.1, port: 22 }] }',
      ),
    );
    await fleet.git('add', '--all');
    await fleet.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'x');
    const seen = await reviewed(fleet);
    assert.deepEqual(seen.problems.first, []);
    assert.match(seen.plans[0]?.device.join() ?? '', /tunnel/);
    const tree = (await fleet.git('rev-parse', 'HEAD^{tree}')).trim();
    const raw = `tree ${tree}\nparent ${(await fleet.git('rev-parse', 'main')).trim()}\nauthor a <a@b.c> 4200000000 +0000\ncommitter a <a@b.c> 4200000000 +0000\n\nx\n`;
    await fleet.write('.git/raw', raw);
    const late = (await fleet.git('hash-object', '-t', 'commit', '-w', '.git/raw')).trim();
    await fleet.git('update-ref', 'refs/heads/change', late);
    assert.deepEqual((await reviewed(fleet)).plans, seen.plans);
  });

  test('another key behind the name of a file', async () => {
    await using fleet = await makeReleasedFleet();
    await fleet.write('trust/keys/robot.pem', 'one');
    await beginAnew(fleet);
    await branch(fleet);
    await fleet.write('trust/keys/robot.pem', 'other');
    await commit(fleet);
    assert.deepEqual((await reviewed(fleet)).changes, [
      { area: 'policy', what: 'trust/keys/robot.pem changes' },
    ]);
  });

  for (const [how, change] of [
    [
      'in a release that devices still walk to',
      (fleet: TestFleet) =>
        fleet.replace(compose, service, `${service}    user: root\n    privileged: true\n`),
    ],
    [
      'in a variable that only such a release reads',
      (fleet: TestFleet) =>
        fleet.replace(
          'groups/stable.yaml',
          'priority:',
          'variables: { POWER: "true", USER_ID: root }\npriority:',
        ),
    ],
  ] as const)
    test(`a privilege ${how}`, async () => {
      await using fleet = await makeReleasedFleet();
      await rollout(fleet);
      await fleet.replace(
        compose,
        service,
        `${service}    ${how.includes('variable') ? 'privileged: $' + '{POWER:-false}\n    user: $' + '{USER_ID:-1000}\n' : ''}`,
      );
      await fleet.replace('groups/stable.yaml', 'priority:', 'engine: { privileged: true }\npriority:');
      await fleet.replace('groups/canary.yaml', 'priority:', 'engine: { privileged: true }\npriority:');
      await beginAnew(fleet);
      await branch(fleet);
      await change(fleet);
      await commit(fleet);
      const { privileges, plans, rollouts, problems } = await reviewed(fleet);
      assert.deepEqual(problems.first, []);
      const count = how.includes('variable') ? 2 : 3;
      assert.deepEqual(privileges, [
        { of: 'hello/web', what: 'privileged (engine.privileged)', devices: count },
        { of: 'hello/web', what: 'runs as root', devices: count },
      ]);
      assert.deepEqual(
        plans.map(each => [each.rollout, each.devices.count]),
        [['hello/r', count]],
      );
      assert.deepEqual(rollouts, []);
    });

  test('a rollout that goes on behind a branch that has nothing to do with it is none of the branch', async () => {
    await using fleet = await makeReleasedFleet();
    await rollout(fleet);
    await beginAnew(fleet);
    await branch(fleet);
    await fleet.replace('groups/stable.yaml', 'priority:', 'variables: { NOBODY: reads }\npriority:');
    await commit(fleet);
    const { privileges, plans } = await reviewed(fleet);
    assert.deepEqual([privileges, plans], [[], []]);
  });

  test('one device behind many of the same words', async () => {
    await using fleet = await makeReleasedFleet();
    await addDevices(fleet, 6);
    await fleet.replace(
      'apps/hello/releases/1.0.0/compose.yaml',
      service,
      `${service}    command: [x, "$\{LEVEL:-info}"]\n`,
    );
    await beginAnew(fleet);
    await branch(fleet);
    for (let at = 10; at < 16; at += 1)
      await fleet.write(
        `devices/berlin/pump-${at}.yaml`,
        yaml('groups: [stable]', `variables: { LEVEL: ${at === 12 ? 'all-for-me' : 'debug'} }`),
      );
    await commit(fleet);
    const { plans } = await reviewed(fleet);
    const apart = 'others would do the same by these words, with other values';
    assert.deepEqual(
      plans.map(({ devices, device }) => [devices.count, devices.first[0], device]),
      [
        [5, 'pump-10', [apart]],
        [1, 'pump-12', [apart]],
      ],
    );
  });

  test('an app behind many others, or a rollout', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    const names = Array.from({ length: 40 }, (_, at) => `app-${10 + at}`);
    for (const name of names) {
      await mkdir(path.join(fleet.directory, 'apps', name), { recursive: true });
      const image = `registry.example.com/${name}@sha256:${'0'.repeat(64)}`;
      await fleet.write(
        `apps/${name}/compose.yaml`,
        `services:\n  web: { image: "${image}", user: "1000" }\n`,
      );
    }
    await fleet.write(
      'devices/berlin/pump-1.yaml',
      yaml('groups: [canary]', `apps: { ${names.map(name => `${name}: {}`).join(', ')} }`),
    );
    await commit(fleet);
    const { plans, problems } = await reviewed(fleet);
    assert.deepEqual(problems.first, []);
    assert.match(plans[0]?.device.at(-1) ?? '', /^and 9 more apps: app-42, .*, hello$/);
  });

  test('itself by more than a review may have', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await addRelease(fleet, '1.1.0');
    await mkdir(path.join(fleet.directory, 'rollouts/hello'), { recursive: true });
    const long = '0'.repeat(250);
    for (let at = 10; at < 70; at += 1) {
      const stages = Array.from(
        { length: 32 },
        (_, stage) =>
          `  - { name: ${'s'.repeat(40)}${stage}, select: { labels: { of: "${at}" } }, hold: ${long}1h, gate: { min: 1, within: ${long}1d } }`,
      );
      await fleet.write(
        `rollouts/hello/r${at}.yaml`,
        yaml(
          'app: hello',
          'from: [1.0.0]',
          'to: 1.1.0',
          'stages:',
          ...stages,
          'stage: 1',
          'since: 2026-11-28T12:00:00Z',
        ),
      );
    }
    await fleet.replace('groups/stable.yaml', '1.0.0', '1.1.0');
    await commit(fleet);
    const review = await reviewed(fleet);
    assert.ok((review.leftOut.rollouts ?? 0) > 0);
    assert.equal(review.rollouts.length + (review.leftOut.rollouts ?? 0), 60);
    assert.ok(review.plans.length > 0);
    assert.match(commentText(review), /Left out: \d+ rollouts/);
    const out = path.join(fleet.folder, 'review.json');
    assert.equal((await plan(fleet, '--out', out)).code, 0);
    const written = await towline(['review', 'comment', '--dry-run', out]);
    assert.equal(written.code, 0, written.errors);
  });
});

describe('folded privileges', () => {
  const found = (devices: string[], ...what: string[]) => ({
    devices,
    found: {
      plans: [],
      privileges: what.map(each => ({ of: 'a/b', what: each })),
      problems: [],
      isOwn: true,
    },
  });

  test('stand by their weight, however long they are and whatever a device is called', () => {
    const long = `path /srv/${'a'.repeat(400)} of the device, to write`;
    const told = foldedPrivileges([
      found(['privileged'], 'images from a', 'privileged (engine.privileged)'),
      found(['pump-1'], 'images from a', long),
    ]);
    const ends = [/^<device> \(engine/, /^path \/srv\/a+…a+ of the device, to write$/, /^images from a$/];
    for (const [at, end] of ends.entries()) assert.match(told[at]?.what ?? '', end);
  });

  test('are two where only their middle is the same', () => {
    const two = ['x', 'y'].map(end => `path /srv/${'a'.repeat(400)}/${end} of the device, to read`);
    const told = foldedPrivileges([found(['pump-1'], ...two)]);
    assert.equal(told.length, 2);
  });
});
