/** What a branch would do, of real repositories: planned without a network, a token or a working tree. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';

import { parseReview } from '../../../cli/review/read-document.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { beginAnew, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { addDevices, base, branch, commit, head, plan, release, reviewed } from './branch.ts';
import { assertHarmless } from './rendered.ts';

describe('a review of a branch', () => {
  test('folds equal plans of devices that name themselves in their variables, and says what becomes of each', async () => {
    await using fleet = await makeReleasedFleet();
    await addDevices(fleet, 6);
    for (const folder of ['apps/hello', 'apps/hello/releases/1.0.0'])
      await fleet.replace(`${folder}/compose.yaml`, '  data: {}', '  data: { name: $TOWLINE_DEVICE-data }');
    await beginAnew(fleet);
    await branch(fleet);
    await release(fleet);
    await fleet.replace('apps/hello/releases/1.1.0/release.yaml', '0'.repeat(64), '1'.repeat(64));
    await commit(fleet);
    const review = await reviewed(fleet);
    assert.deepEqual(review.problems, { count: 0, first: [] });
    assert.deepEqual([review.devices.all, review.devices.touched], [9, 8]);
    assert.equal(review.plans.length, 1);
    const [{ devices, apps, rollout } = { devices: undefined, apps: [] }] = review.plans;
    assert.deepEqual(devices, { count: 8, first: ['pump-1', 'pump-10', 'pump-11', 'pump-12', 'pump-13'] });
    assert.equal(rollout, undefined);
    const [app] = apps;
    assert.deepEqual([app?.app, app?.from, app?.to, app?.images.count], ['hello', '1.0.0', '1.1.0', 2]);
    assert.deepEqual(
      app?.services.map(({ name, change }) => [name, change]),
      [
        ['worker', 'replaced'],
        ['web', 'replaced'],
      ],
    );
    assert.deepEqual(app?.down, {
      ...{ services: ['worker', 'web'], strategy: 'recreate' },
      ...{ stopMs: 10_000, healthMs: 120_000 },
    });
    assert.deepEqual(app?.volumes, [{ name: '<device>-data', change: 'kept' }]);
    assert.deepEqual(review.privileges, []);
  });

  test('is the same bytes each time, of a bare clone as of a working tree', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet);
    await commit(fleet);
    // Main goes on, so that the branch is judged as merged.
    await fleet.git('checkout', '-q', 'main');
    await fleet.write('operators/zoe.yaml', 'apiVersion: towline/v1\n');
    await commit(fleet);
    const bare = path.join(fleet.folder, 'bare.git');
    await fleet.git('clone', '-q', '--bare', fleet.directory, bare);
    const texts = [];
    for (const [repo, out] of [
      [fleet.directory, 'one'],
      [bare, 'two'],
    ] as const) {
      const file = path.join(fleet.folder, out);
      const args = ['review', 'plan', '--repo', repo, '--base', base, '--head', head, '--out', file];
      const { code, errors, output } = await towline(args);
      assert.equal(code, 0, errors);
      assert.match(output, /wrote .*: 2 of 3 devices/);
      texts.push(await readFile(file, 'utf8'));
    }
    assert.equal(texts[0], texts[1]);
    const review = parseReview(Buffer.from(texts[0] ?? ''));
    // What main has gained since is none of the branch's doing.
    assert.deepEqual(review.changes, []);
    assert.equal(review.plans.length, 1);
  });

  for (const [how, name] of [
    ['plainly', './config/$TOWLINE_DEVICE.conf'],
    ['by escapes of YAML', '"./config/\\x24{TOWLINE\\u005fDEVICE}.conf"'],
    ['over the end of a line', '"./config/$TOWLINE_\\\n      DEVICE.conf"'],
  ] as const)
    test(`plans devices apart whose names lead to other files, ${how}`, async () => {
      await using fleet = await makeReleasedFleet();
      const compose = 'apps/hello/releases/1.0.0/compose.yaml';
      const text = await readFile(path.join(fleet.directory, compose), 'utf8');
      // The template greets by the device's name, and says so in a comment.
      await fleet.write(
        compose,
        text.replaceAll(/^.*[:.] .*TOWLINE_DEVICE.*$/gm, '').replace('./config/page.conf', () => name),
      );
      for (const id of ['pump-1', 'pump-2', 'pump-3'])
        await fleet.write(`apps/hello/releases/1.0.0/config/${id}.conf`, id);
      await beginAnew(fleet);
      await branch(fleet);
      await fleet.write('apps/hello/releases/1.0.0/config/pump-2.conf', 'another');
      await commit(fleet);
      const review = await reviewed(fleet);
      assert.deepEqual(review.problems.first, []);
      assert.equal(review.devices.touched, 1);
      assert.deepEqual(review.plans[0]?.devices.first, ['pump-2']);
    });

  test('names privileges that were not asked for before, by service and number of devices', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet, 'canary');
    await fleet.replace(
      'apps/hello/releases/1.1.0/compose.yaml',
      '    depends_on: [worker]\n',
      [
        '    depends_on: [worker]',
        '    cap_add: [NET_ADMIN]',
        '    network_mode: host',
        '    pid: host',
        '    user: root',
        '    devices: ["/dev/ttyUSB0:/dev/ttyUSB0"]',
        '    security_opt: ["seccomp:unconfined"]',
        '    volumes: ["/var/run/docker.sock:/var/run/docker.sock", "/srv/data:/data:ro"]',
        '',
      ].join('\n'),
    );
    await fleet.replace('apps/hello/releases/1.1.0/compose.yaml', '    ports:\n', '    x-ports:\n');
    await fleet.replace(
      'groups/canary.yaml',
      'priority:',
      'engine: { privileged: true, hostNamespaces: true, engineSocket: true, devices: [/dev/ttyUSB0], bindRoots: [/srv] }\npriority:',
    );
    await commit(fleet);
    const review = await reviewed(fleet);
    assert.deepEqual(review.problems.first, []);
    const asked = review.privileges.map(({ of, what, devices }) => `${of}: ${what} on ${devices}`);
    for (const part of [
      'hello/web: capability NET_ADMIN (engine.privileged) on 1',
      'hello/web: runs as root on 1',
      'hello/web: path /run/docker.sock of the device, to write on 1',
      'hello/web: path /srv/data of the device, to read on 1',
    ])
      assert.ok(asked.includes(part), `${part} in ${asked.join('\n')}`);
    for (const part of [/ttyUSB0/, /seccomp:unconfined/, /network_mode|network of/, /pid/, /engine's socket/])
      assert.ok(
        asked.some(each => part.test(each)),
        `${part} in ${asked.join('\n')}`,
      );
    assert.deepEqual(
      review.changes.map(({ what }) => what),
      ['engineSocket', 'privileged', 'bindRoots: /srv', 'devices: /dev/ttyUSB0', 'hostNamespaces'].map(
        key => `groups/canary.yaml allows engine.${key}`,
      ),
    );
  });

  test('names what hands over the device first, whatever else the branch asks for', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet, 'canary');
    const ports = Array.from({ length: 300 }, (_, at) => `"${10_000 + at}:80"`).join(', ');
    const file = 'apps/hello/releases/1.1.0/compose.yaml';
    await fleet.replace(
      file,
      'services:',
      'services:\n  zzz: { image: "$REGISTRY/hello/web:1", privileged: true }',
    );
    await fleet.replace(file, '    ports:\n', `    ports: [${ports}]\n    x-ports:\n`);
    await fleet.write(
      'apps/hello/releases/1.1.0/release.yaml',
      (await readFile(path.join(fleet.directory, 'apps/hello/releases/1.1.0/release.yaml'), 'utf8')).replace(
        'images:',
        `images:\n  zzz: { image: registry.example.com/hello/web:1, digest: "sha256:${'0'.repeat(64)}" }`,
      ),
    );
    await fleet.replace('groups/canary.yaml', 'priority:', 'engine: { privileged: true }\npriority:');
    await commit(fleet);
    const review = await reviewed(fleet);
    assert.deepEqual(review.problems.first, []);
    assert.deepEqual(review.privileges[0], {
      ...{ of: 'hello/zzz', what: 'privileged (engine.privileged)', devices: 1 },
    });
    assert.ok(review.leftOut.privileges > 90, String(review.leftOut.privileges));
    assert.match((await plan(fleet)).output, /\| `privileged \(engine\.privileged\)` \| `hello\/zzz` \|/);
  });

  test('counts the devices of each stage of a rollout, and plans what its later stages bring', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet);
    await fleet.git('checkout', '-q', '--', 'groups');
    await mkdir(path.join(fleet.directory, 'rollouts/hello'), { recursive: true });
    await fleet.write(
      'rollouts/hello/hello-1.1.yaml',
      [
        'apiVersion: towline/v1',
        'app: hello',
        'from: [1.0.0]',
        'to: 1.1.0',
        'stages:',
        '  - { name: canary, select: { groups: [canary] }, hold: 4h, gate: { min: 1 } }',
        '  - { name: all, select: { all: true }, promote: people }',
        'stage: 1',
        'since: 2026-11-28T12:00:00Z',
        '',
      ].join('\n'),
    );
    await commit(fleet);
    const { rollouts, plans, devices } = await reviewed(fleet);
    const [rollout] = rollouts;
    assert.deepEqual([rollout?.change, rollout?.stage, rollout?.was], ['new', 1, undefined]);
    assert.deepEqual(
      rollout?.stages.map(({ name, devices: count, isOpen, promote }) => [name, count, isOpen, promote]),
      [
        ['canary', 1, true, 'bot'],
        ['all', 2, false, 'people'],
      ],
    );
    assert.equal(devices.touched, 3);
    assert.deepEqual(
      plans.map(each => [each.devices.count, each.rollout, each.apps[0]?.to]),
      [
        [2, 'hello/hello-1.1', '1.1.0'],
        [1, undefined, '1.1.0'],
      ],
    );
    const { output } = await plan(fleet);
    assert.match(
      output,
      /Rollout `hello\/hello-1\.1` \(\*\*new\*\*\): `1\.0\.0` → `1\.1\.0`, 1 of 2 stages open/,
    );
    assert.match(output, /\| 2 \(plan 1\) \| by rollout `hello\/hello-1\.1` \| `hello` \|/);
    assertHarmless(output, /@/);
  });

  test('says what is wrong with the branch, and what of devices comes and goes', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await fleet.replace('groups/stable.yaml', '1.0.0', '9.9.9');
    await addDevices(fleet, 1);
    await rm(path.join(fleet.directory, 'devices/lisbon/pump-3.yaml'));
    await commit(fleet);
    const { problems, devices } = await reviewed(fleet);
    assert.ok(
      problems.first.some(({ code }) => code === 'FLEET_RELEASE_UNKNOWN'),
      JSON.stringify(problems),
    );
    assert.deepEqual(devices.added, { count: 1, first: ['pump-10'] });
    assert.deepEqual(devices.removed, { count: 1, first: ['pump-3'] });
  });

  test('of what no device reads says so, instead of failing', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await symlink('/etc/passwd', path.join(fleet.directory, 'apps/hello/link'));
    await release(fleet);
    await commit(fleet);
    const { problems, plans, trust } = await reviewed(fleet);
    assert.deepEqual(
      problems.first.map(({ code }) => code),
      ['TRUST_MALFORMED_OBJECT'],
    );
    assert.deepEqual([plans, trust.code], [[], 'TRUST_MALFORMED_OBJECT']);
    assert.match((await plan(fleet)).output, /\*\*Devices would not apply it:\*\* 1 problem/);
  });

  test('is refused where the branch cannot be merged, or there is no such commit', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await fleet.replace('fleet.yaml', 'name: acme', 'name: acme # one');
    await commit(fleet);
    await fleet.git('checkout', '-q', 'main');
    await fleet.replace('fleet.yaml', 'name: acme', 'name: acme # two');
    await commit(fleet);
    const conflict = await plan(fleet);
    assert.equal(conflict.code, 2);
    assert.match(conflict.errors, /CLI_USAGE the branch conflicts with the base/);
    const none = await towline(['review', 'plan', '--repo', fleet.directory, '--base', 'nowhere', '--json']);
    assert.equal(none.code, 2);
    assert.equal(JSON.parse(none.errors).error.code, 'CLI_NO_SUCH_COMMIT');
  });

  test('of a hostile branch is a comment without link, HTML or mention', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet);
    const evil = '</details><img src=x onerror=EVIL> @EVIL [EVIL](https://evil.example) | EVIL `EVIL`';
    await fleet.replace(
      'apps/hello/releases/1.1.0/compose.yaml',
      'services:',
      `services:\n  "e__EVIL":\n    image: registry.example.com/hello/web:1.1.0\n    user: '@EVIL'\n    environment: { ${JSON.stringify(evil)}: "x" }\n    volumes: [${JSON.stringify('/srv/[EVIL](https://evil.example)<b>|:/data')}]`,
    );
    const folder = 'devices/@EVIL [x](https:/evil.example) `|<img src=x>';
    await mkdir(path.join(fleet.directory, folder), { recursive: true });
    await fleet.write(`${folder}/pump-9.yaml`, 'apiVersion: towline/v1\ngroups: ["nowhere|<b>@EVIL"]\n');
    await fleet.write('trust/@EVIL<img>`|[a](b)', evil);
    await commit(fleet, `@EVIL ${evil}`);
    const { code, output, errors } = await plan(fleet);
    assert.equal(code, 0, errors);
    assert.match(output, /EVIL/);
    assertHarmless(output, /EVIL|evil|@|&[lg]t;/);
  });
});

describe('what trust misses', () => {
  /** Root alone for trust/; for apps and groups two of three. */
  async function withThree(fleet: TestFleet) {
    const [bob, carol] = [await makeSshKey(), await makeSshKey()];
    const file = path.join(fleet.directory, 'trust/policy.yaml');
    const policy = await readFile(file, 'utf8');
    await writeFile(
      file,
      policy
        .replace(
          /^principals:\n/m,
          `principals:\n  bob: { ssh: ["${bob.publicKey}"] }\n  carol: { ssh: ["${carol.publicKey}"] }\n`,
        )
        .replace(/^roles:\n/m, 'roles:\n  three: { principals: [alice, bob, carol], threshold: 2 }\n')
        .replace(/^rules:.*/ms, '')
        .concat('\nrules:\n  - { paths: ["groups/**", "apps/**"], roles: [three] }\n'),
    );
    await beginAnew(fleet);
    return { bob, carol, remove: () => Promise.all([bob.remove(), carol.remove()]) };
  }

  async function approve(fleet: TestFleet, key: SshKey): Promise<void> {
    const args = ['approve', '--repo', fleet.directory, '--base', base, '--key', key.file];
    const { code, errors } = await towline(args);
    assert.equal(code, 0, errors);
    await commit(fleet, 'Approve');
  }

  test('is who of a role has not vouched, until enough have approved', async () => {
    await using fleet = await makeReleasedFleet();
    const { bob, carol, remove } = await withThree(fleet);
    await branch(fleet);
    await release(fleet);
    await commit(fleet);
    const first = (await reviewed(fleet)).trust;
    assert.deepEqual([first.asItIs, first.merged, first.code], [false, false, 'TRUST_NOT_FOR_MAIN']);
    const all = ['alice', 'bob', 'carol'];
    const asked = (vouched: string[], missing: string[]) => [
      { name: 'three', threshold: 2, vouched, missing },
    ];
    assert.deepEqual(first.requirements[0]?.roles, asked([], all));
    assert.equal(first.requirements[0]?.paths.first[0], 'apps/hello/releases/1.1.0/app.yaml');
    await approve(fleet, bob);
    const second = (await reviewed(fleet)).trust;
    assert.deepEqual([second.merged, second.code], [false, 'TRUST_THRESHOLD']);
    assert.deepEqual(second.requirements[0]?.roles, asked(['bob'], ['alice', 'carol']));
    const { output } = await plan(fleet);
    assert.match(output, /1 of 2 of `three` \(`bob`\); missing: `alice`, `carol` \| \*\*no\*\*/);
    await approve(fleet, carol);
    const { trust } = await reviewed(fleet);
    assert.deepEqual([trust.merged, trust.code], [true, undefined]);
    assert.deepEqual(trust.requirements[0]?.roles[0]?.vouched, ['bob', 'carol']);
    assert.match((await plan(fleet)).output, /Devices would take it by any merge button/);
    await remove();
  });

  test('of a branch that may be pushed as it is, is what a merge button lacks', async () => {
    await using fleet = await makeReleasedFleet();
    await branch(fleet);
    await release(fleet);
    await commit(fleet, 'A change\n\nTowline-Ref: acme/main');
    const { trust } = await reviewed(fleet);
    assert.deepEqual([trust.asItIs, trust.merged], [true, false]);
    assert.deepEqual(trust.requirements[0]?.roles, [
      { name: 'root', threshold: 1, vouched: [], missing: ['alice'] },
    ]);
  });

  test('and what changes of the policy, is said in words', async () => {
    await using fleet = await makeReleasedFleet();
    const { remove } = await withThree(fleet);
    await branch(fleet);
    const mallory = await makeSshKey();
    await fleet.replace(
      'trust/policy.yaml',
      'principals:\n',
      `principals:\n  mallory: { ssh: ["${mallory.publicKey}"] }\n`,
    );
    await fleet.replace(
      'trust/policy.yaml',
      'three: { principals: [alice, bob, carol], threshold: 2 }',
      'three: { principals: [alice, bob, mallory], threshold: 1 }',
    );
    await fleet.replace('trust/policy.yaml', 'paths: ["groups/**", "apps/**"]', 'paths: ["**"]');
    await commit(fleet);
    const { changes } = await reviewed(fleet);
    assert.deepEqual(
      changes.map(({ area, what }) => `${area}: ${what}`),
      [
        'policy: role three: 1 of 3 instead of 2 of 3; mallory comes; carol goes',
        'policy: new rule 1: **: three',
        'policy: rule 1 goes: groups/**, apps/**: three',
        'policy: new principal mallory, with 1 key',
      ],
    );
    await mallory.remove();
    await remove();
  });
});
