import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeRepository } from '../../lab/rig/fleet-repository.ts';
import { addRelease, helloFolder, makeReleasedFleet } from './fleet.ts';
import { addKeys, report } from './status/reports.ts';
import { towline } from './towline.ts';

describe('towline render', () => {
  test('says of each value which file gave it', async () => {
    await using fleet = await makeReleasedFleet();
    const { code, output } = await towline(['render', 'pump-3', '--repo', fleet.directory]);
    assert.equal(code, 0);
    const lines = output.split('\n').map(line => line.split(/ {2,}/));
    const from = (pointer: string) => lines.find(([first]) => first === pointer)?.slice(1);
    assert.deepEqual(from('/apps/hello/release'), ['1.0.0', 'groups/canary.yaml']);
    assert.deepEqual(from('/apps/hello/variables/GREETING'), ['Hello from the canary', 'groups/canary.yaml']);
    assert.deepEqual(from('/apps/hello/variables/HTTP_PORT'), ['8000', `${helloFolder}/app.yaml`]);
    assert.deepEqual(from('/apps/hello/variables/REGISTRY'), ['registry.example.com', 'fleet.yaml']);
    assert.deepEqual(from('/apps/hello/variables/TOWLINE_DEVICE'), ['pump-3', '(towline)']);
    assert.deepEqual(from('/apps/hello/update/healthTimeout'), ['2m', `${helloFolder}/app.yaml`]);
    assert.deepEqual(from('/apps/hello/update/stablePeriod'), ['10s', '(default)']);
    assert.deepEqual(from('/tunnel/state'), ['closed', 'devices/lisbon/pump-3.yaml']);
    assert.deepEqual(from('/poll/jitter'), ['10s', 'fleet.yaml']);
  });

  test('shows the project as the device computes it, for people and for scripts', async () => {
    await using fleet = await makeReleasedFleet();
    const args = ['render', 'pump-1', '--repo', fleet.directory, '--compose', 'hello'];
    assert.match((await towline(args)).output, /image: registry\.example\.com\/hello\/web@sha256:0{64}/);
    const model = JSON.parse((await towline([...args, '--json'])).output);
    assert.equal(model.services.web.environment.DEVICE, 'pump-1');
  });
});

describe('towline plan', () => {
  test('shows step by step what a change does and why, and nothing where nothing differs', async () => {
    await using fleet = await makeReleasedFleet();
    await fleet.replace('groups/canary.yaml', 'Hello from the canary', 'Good morning');
    const plan = (...args: string[]) => towline(['plan', '--repo', fleet.directory, ...args]);
    const changed = await plan('pump-3', '--worktree');
    assert.equal(changed.code, 0, changed.errors);
    assert.match(changed.output, /assuming that HEAD runs there/);
    assert.match(changed.output, /^ {2}hello:\n {4}web — environment GREETING changed\n$/m);
    assert.doesNotMatch(changed.output, /worker/);
    const steps = await plan('pump-3', '--worktree', '--steps');
    assert.match(steps.output, /create-container +hello\/web +environment GREETING changed/);
    assert.match(steps.output, /wait-healthy/);
    assert.doesNotMatch(steps.output, /hello\/worker/);
    const same = await plan('pump-1', '--worktree');
    assert.match(same.output, /nothing to do/);
    const all = JSON.parse((await plan('--all', '--worktree', '--json')).output);
    assert.deepEqual(
      all.plans.map((one: { device: string; steps: unknown[] }) => [one.device, one.steps.length > 0]),
      [
        ['pump-1', false],
        ['pump-2', false],
        ['pump-3', true],
      ],
    );
  });

  test('says what people must know of a release, and what a device lacks for it by its own word', async () => {
    await using fleet = await makeReleasedFleet();
    const [one] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const host = { kernel: '6.1', platform: 'linux/arm64', memory: 256 * 1024 * 1024 };
      await report(telemetry, 'pump-1', one, { host, applied: await fleet.git('rev-parse', 'HEAD') });
      await addRelease(fleet, '2.0.0');
      await fleet.replace(
        'apps/hello/releases/2.0.0/release.yaml',
        'images:',
        'breaking: move /etc/pump\nmigration: one-way\nrequires: { memory: 1GiB }\nimages:',
      );
      await fleet.replace('apps/hello/releases/2.0.0/release.yaml', '0'.repeat(64), '2'.repeat(64));
      // An app with data is backed up before it is changed for good.
      const backup = 'backup: { volumes: [data], onRollback: restore }';
      await fleet.replace('apps/hello/releases/2.0.0/app.yaml', 'update:', `${backup}\nupdate:`);
      await fleet.replace('groups/stable.yaml', '1.0.0', '2.0.0');
      const args = ['plan', '--repo', fleet.directory, '--worktree', '--telemetry', telemetry.path];
      const { output } = await towline([...args, '--all']);
      const [, small = '', others = ''] = /^pump-1\n(.*)^pump-2\n(.*)/ms.exec(output) ?? [];
      assert.match(small, /^ {2}hello: release 2\.0\.0 is breaking: move \/etc\/pump$/m);
      assert.match(
        small,
        /^ {2}hello: release 2\.0\.0 changes data so that no earlier release can read it$/m,
      );
      const lack =
        /hello is left as it is: release 2\.0\.0: the machine has 256 MiB of memory, 1GiB is wanted$/m;
      assert.match(small, lack);
      assert.doesNotMatch(others, lack);
      const { plans } = JSON.parse((await towline([...args, 'pump-1', '--json'])).output);
      assert.equal(plans[0].skipped[0].code, 'RELEASE_REQUIRES');
      assert.equal(plans[0].releases.length, 2);
    } finally {
      await telemetry.remove();
    }
  });

  test('says what is downloaded ahead, how much that is and which file says so; nothing where it is there', async () => {
    await using fleet = await makeReleasedFleet();
    await addRelease(fleet, '1.1.0');
    const path = 'apps/hello/releases/1.1.0/release.yaml';
    const sizes = '    platforms: { linux/amd64: { download: 2097152, unpacked: 4194304 } }';
    const images = ['web', 'worker'].map(
      service =>
        `  ${service}:\n    image: registry.example.com/hello/${service}:1.1.0\n    digest: sha256:${'3'.repeat(64)}\n${sizes}\n`,
    );
    await fleet.write(path, `apiVersion: towline/v1\nversion: 1.1.0\nimages:\n${images.join('')}`);
    await fleet.replace('groups/stable.yaml', 'release: 1.0.0', 'release: 1.0.0, next: 1.1.0');
    const plan = (...more: string[]) => towline(['plan', 'pump-1', '--repo', fleet.directory, ...more]);
    const { output } = await plan('--worktree');
    const said = /^ {2}hello: downloads 1\.1\.0 ahead: 2 images, 4 MiB — next in groups\/stable\.yaml$/m;
    assert.match(output, said);
    assert.doesNotMatch(output, /nothing to do|pull/);
    assert.match((await plan('--worktree', '--steps')).output, said);
    const [found] = JSON.parse((await plan('--worktree', '--json')).output).plans;
    assert.deepEqual(found.steps, []);
    assert.deepEqual(
      [found.downloads[0].state, found.downloads[0].missingBytes, found.downloads[0].images.length],
      ['due', 4194304, 2],
    );
    await fleet.git('add', '--all');
    await fleet.git('commit', '-qm', 'Next');
    assert.match((await plan('--base', 'HEAD')).output, /hello: next is 1\.1\.0: its images are there/);
  });

  test('of a first commit is for devices that run nothing', async () => {
    await using fleet = await makeReleasedFleet();
    const { code, output } = await towline(['plan', 'pump-1', '--repo', fleet.directory]);
    assert.equal(code, 0);
    assert.match(output, /runs nothing/);
    assert.match(output, /^ {4}pull registry\.example\.com\/hello\/web@sha256:0{12}…$/m);
    assert.match(output, /^ {4}create volume hello_data$/m);
    assert.match(output, /^ {4}web — not there yet$/m);
    const steps = await towline(['plan', 'pump-1', '--repo', fleet.directory, '--steps']);
    assert.match(steps.output, /pull-image +hello\/web +image \S+@sha256:0{12}… is not on the device/);
  });

  test('of a pull request says once for each service what changes: image, config file, network', async () => {
    await using fleet = await makeReleasedFleet();
    const base = await fleet.git('rev-parse', 'HEAD');
    await fleet.replace('groups/canary.yaml', '1.0.0', '1.1.0');
    await fleet.replace('apps/hello/config/page.conf', 'refresh = 10', 'refresh = 20');
    const compose = 'apps/hello/compose.yaml';
    await fleet.replace(
      compose,
      'volumes:\n  data: {}',
      'volumes:\n  data: {}\nnetworks:\n  default: { internal: true }',
    );
    const before = await towline(['plan', '--all', '--worktree', '--repo', fleet.directory]);
    assert.match(before.errors, /FLEET_RELEASE_UNKNOWN/);
    await addRelease(fleet, '1.1.0');
    await fleet.git('add', '--all');
    await fleet.git('commit', '-qm', 'All at once');
    const { output, code } = await towline(['plan', '--all', '--base', base, '--repo', fleet.directory]);
    assert.equal(code, 0);
    const canary = output.slice(output.indexOf('pump-3'));
    assert.match(canary, new RegExp(`assuming that ${base.slice(0, 12)} runs there`));
    const web = /^ {4}web — (.*)$/m.exec(canary)?.[1] ?? '';
    assert.match(web, /image changed: 1\.0\.0 → 1\.1\.0/);
    assert.match(web, /config file page changed/);
    assert.match(web, /network hello_default is defined otherwise now/);
    assert.equal(canary.match(/^ {4}web — /gm)?.length, 1);
    const stable = output.slice(output.indexOf('pump-1, pump-2 (2 devices)'), output.indexOf('pump-3'));
    assert.match(stable, /nothing to do/);
  });

  test('asks for one device or all of them, and for a base that exists', async () => {
    await using fleet = await makeReleasedFleet();
    const plan = (...args: string[]) => towline(['plan', '--repo', fleet.directory, ...args]);
    assert.equal((await plan()).code, 2);
    assert.equal((await plan('pump-1', '--all')).code, 2);
    const base = await plan('pump-1', '--base', 'nowhere');
    assert.equal(base.code, 2);
    assert.match(base.errors, /^CLI_NO_SUCH_COMMIT /);
  });
});

describe('towline status', () => {
  test('shows what devices said, whose word it is, and who is silent', async () => {
    await using fleet = await makeReleasedFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', one, {});
      await report(telemetry, 'pump-2', one, {});
      const args = ['status', '--repo', fleet.directory, '--telemetry', telemetry.path];
      const { code, output } = await towline(args);
      assert.equal(code, 1, 'a report that is not the device’s own is a problem');
      const line = (device: string) => output.split('\n').find(text => text.startsWith(device)) ?? '';
      assert.match(line('pump-1'), /applied .*111111111111 .*hello 1\.0\.0 healthy .*closed/);
      assert.match(line('pump-2'), /not shown .*not trusted: signed with SSH key SHA256:/);
      // It cannot report yet: that is no silence.
      assert.match(
        line('pump-3'),
        /no keys +never +- +- +hello 1\.0\.0 .*waits for `towline device accept pump-3`$/,
      );
      await telemetry.git(['update-ref', '-d', 'refs/heads/telemetry/pump-2']);
      await report(telemetry, 'pump-2', two, {});
      const json = await towline([...args, '--json']);
      assert.equal(json.code, 0);
      assert.deepEqual(
        JSON.parse(json.output).devices.map((device: { device: string; signed: boolean }) => [
          device.device,
          device.signed,
        ]),
        [
          ['pump-1', true],
          ['pump-2', true],
        ],
      );
    } finally {
      await telemetry.remove();
    }
  });

  test('two devices that sign for two histories prove a fork; for one that nobody has there is a warning', async () => {
    await using fleet = await makeReleasedFleet();
    const [one, two] = await addKeys(fleet);
    const base = await fleet.git('rev-parse', 'HEAD');
    const histories: string[] = [];
    for (const name of ['first', 'second']) {
      await fleet.git('checkout', '-q', '-B', 'main', base);
      await fleet.write(name, `${name}\n`);
      await fleet.git('add', name);
      await fleet.git('commit', '-qm', name);
      histories.push(await fleet.git('rev-parse', 'HEAD'));
    }
    const [first = '', second = ''] = histories;
    const telemetry = await makeRepository();
    try {
      const args = ['status', '--repo', fleet.directory, '--telemetry', telemetry.path];
      await report(telemetry, 'pump-1', one, { trusted: { commit: base } });
      await report(telemetry, 'pump-2', two, { trusted: { commit: second } });
      const fine = await towline([...args, '--json']);
      assert.deepEqual([fine.code, JSON.parse(fine.output).forks], [0, []]);

      await telemetry.git(['update-ref', '-d', 'refs/heads/telemetry/pump-1']);
      await report(telemetry, 'pump-1', one, { trusted: { commit: first } });
      const forked = await towline(args);
      assert.equal(forked.code, 1);
      const words = `FORK: pump-1 trusts ${first.slice(0, 12)}, pump-2 trusts ${second.slice(0, 12)}`;
      assert.ok(forked.output.includes(words), forked.output);

      await telemetry.git(['update-ref', '-d', 'refs/heads/telemetry/pump-1']);
      await report(telemetry, 'pump-1', one, {});
      const unknown = await towline(args);
      assert.equal(unknown.code, 0);
      assert.match(unknown.output, /^warning: pump-1 trusts 111111111111, /m);
    } finally {
      await telemetry.remove();
    }
  });

  test('takes no report of one device for another’s', async () => {
    await using fleet = await makeReleasedFleet();
    const [one] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', one, { device: 'pump-2' });
      const { code, output } = await towline([
        'status',
        'pump-1',
        '--repo',
        fleet.directory,
        '--telemetry',
        telemetry.path,
      ]);
      assert.equal(code, 1);
      assert.match(output, /not trusted: it speaks of another device/);
    } finally {
      await telemetry.remove();
    }
  });

  test('says why a device is not well in the words of its projects', async () => {
    await using fleet = await makeReleasedFleet();
    const [one, two] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const since = '2026-11-23T18:00:00Z';
      await report(telemetry, 'pump-1', one, {
        outcome: 'failed',
        conditions: [
          { type: 'Ready', status: false, reason: 'failed', message: 'see the projects below', since },
        ],
        projects: [
          { app: 'hello', project: 'hello', state: 'failed', message: 'port 80 is taken', services: [] },
        ],
      });
      await report(telemetry, 'pump-2', two, {
        outcome: 'failed',
        stopped: { code: 'TRUST_UNSIGNED', commit: '2'.repeat(40), message: 'not signed' },
      });
      const { output } = await towline(['status', '--repo', fleet.directory, '--telemetry', telemetry.path]);
      assert.match(output, /^pump-1 .* hello: port 80 is taken$/m);
      assert.match(output, /^pump-2 .* TRUST_UNSIGNED at 222222222222$/m);
    } finally {
      await telemetry.remove();
    }
  });

  test('is fetched by git where it is not on this machine, and is what plan goes by', async () => {
    await using fleet = await makeReleasedFleet();
    const [one] = await addKeys(fleet);
    const applied = await fleet.git('rev-parse', 'HEAD');
    for (const greeting of ['Hi', 'Ho']) {
      await fleet.write(
        'groups/stable.yaml',
        `apiVersion: towline/v1\napps: { hello: { release: 1.0.0, variables: { GREETING: ${greeting} } } }\n`,
      );
      await fleet.git('commit', '-qam', greeting);
    }
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', one, { applied });
      const url = `file://${telemetry.path}`;
      const shown = await towline(['status', 'pump-1', '--repo', fleet.directory, '--telemetry', url]);
      assert.equal(shown.code, 0, shown.errors);
      await fleet.git('config', 'towline.telemetry', url);
      const plan = await towline(['plan', 'pump-1', '--repo', fleet.directory]);
      assert.match(
        plan.output,
        new RegExp(`against its newest status, which says that it runs ${applied.slice(0, 12)}`),
      );
    } finally {
      await telemetry.remove();
    }
  });

  test('says where it looked in vain', async () => {
    await using fleet = await makeReleasedFleet();
    const none = await towline(['status', '--repo', fleet.directory]);
    assert.equal(none.code, 2);
    const nowhere = await towline([
      'status',
      '--repo',
      fleet.directory,
      '--telemetry',
      'file:///nonexistent.git',
    ]);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.errors, /^CLI_NO_TELEMETRY /);
  });
});
