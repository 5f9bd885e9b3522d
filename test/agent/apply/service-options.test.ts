/** Hooks, locks, scale, attributes: what a service may ask for, seen from inside its container. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MountModel } from '../../../core/compose/value/model.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const worker = (extra: Services[string] = {}) => ({ image: images.worker, restart: 'always', ...extra });

async function inside(rig: DeviceRig, script: string, service = 'app'): Promise<void> {
  assert.equal(await rig.exec(`${rig.project}-${service}-1`, ['/bin/sh', '-c', script]), 0, script);
}

test('post_start runs after the start, pre_stop before the stop; a failing post_start fails the update', async () => {
  await using rig = await DeviceRig.start();
  const hook = (command: string) => [{ command: ['/bin/sh', '-c', command] }];
  const volumes: MountModel[] = [{ type: 'volume', source: 'data', target: '/data', volume: {} }];
  const make = (level: string, post: string) =>
    makeProject(rig.project, {
      services: {
        app: worker({
          environment: { LEVEL: level },
          volumes,
          post_start: hook(post),
          pre_stop: hook('echo stopped > /data/stopped'),
        }),
      },
      volumes: { data: {} },
    });
  await rig.pass([make('1', 'echo started > /data/started')]);
  await inside(rig, 'test "$(cat /data/started)" = started && ! cat /data/stopped');
  await rig.pass([make('2', 'true')]);
  await inside(rig, 'test "$(cat /data/stopped)" = stopped');
  const { outcome } = await rig.pass([make('3', 'exit 4')]);
  assert.equal(outcome.outcome, 'rolled-back');
  assert.equal(outcome.projects[0]?.code, 'ENGINE_HOOK_FAILED');
  await inside(rig, 'test "$LEVEL" = 2');
});

test('a pre_stop command that fails, or is not there, is logged; the stop and the update go on', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: {
        app: worker({
          environment: { LEVEL: level },
          pre_stop: [
            { command: ['/bin/sh', '-c', 'exit 3'] },
            { command: ['/no/such'] },
            { command: ['/bin/sh', '-c', 'echo last > /data/stopped'] },
          ],
          volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
        }),
      },
      volumes: { data: {} },
      update: { stablePeriodMs: 0 },
    });
  await rig.pass([make('1')]);
  const said: { service: string; code: number }[] = [];
  const warn = (fields: object, message: string) => {
    if (message === 'pre_stop command failed') said.push(fields as { service: string; code: number });
  };
  const { outcome } = await rig.pass([make('2')], {
    log: { debug: () => undefined, info: () => undefined, warn, error: warn },
  });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual(
    said.map(({ service, code }) => [service, code === 3 ? 'its own' : code !== 0]),
    [
      ['app', 'its own'],
      ['app', true],
    ],
  );
  await inside(rig, 'test "$LEVEL" = 2 && test "$(cat /data/stopped)" = last');
});

test('a post_start command that fails fails the first installation too, and says which', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: { app: worker({ post_start: [{ command: ['/bin/sh', '-c', 'exit 4'] }] }) },
  });
  const { outcome } = await rig.pass([project]);
  assert.deepEqual([outcome.outcome, outcome.projects[0]?.code], ['failed', 'ENGINE_HOOK_FAILED']);
  assert.match(outcome.projects[0]?.message ?? '', /post_start command of app ended with 4/);
});

test('a lock file in the app holds its update until it is gone', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: { app: worker({ environment: { LEVEL: level } }) },
      update: { lockFile: '/www/lock' },
    });
  await rig.pass([make('1')]);
  await inside(rig, 'touch /www/lock');
  const held = await rig.pass([make('2')]);
  assert.deepEqual([held.outcome.outcome, held.reasons], ['waiting', []]);
  await inside(rig, 'rm /www/lock');
  assert.equal((await rig.pass([make('2')])).outcome.outcome, 'applied');
});

test('a service may have several containers, and fewer again', async () => {
  await using rig = await DeviceRig.start();
  const make = (scale: number) => makeProject(rig.project, { services: { app: worker({ scale }) } });
  await rig.pass([make(3)]);
  assert.equal((await rig.containers()).length, 3);
  assert.deepEqual((await rig.plan([make(3)])).steps, []);
  const { reasons } = await rig.pass([make(1)]);
  assert.ok(reasons.includes('remove-container: app has 1 containers now'));
  assert.deepEqual(
    (await rig.containers()).map(({ Names }) => Names[0]),
    [`/${rig.project}-app-1`],
  );
});

test('what a service asks for is what its container has', async () => {
  await using rig = await DeviceRig.start();
  const project = makeProject(rig.project, {
    services: {
      app: worker({
        hostname: 'pump',
        user: '7:7',
        working_dir: '/tmp',
        environment: { GREETING: 'a "b" $c', EMPTY: '', UNSET: null },
        tmpfs: ['/cache:size=1m,uid=7'],
        extra_hosts: ['plc=10.1.2.3'],
        read_only: true,
        group_add: ['99'],
        sysctls: { 'net.core.somaxconn': '321' },
        secrets: [{ source: 'token', target: '/run/secrets/token', uid: '7', gid: '7', mode: '0400' }],
        configs: [{ source: 'app', target: '/etc/app.conf', mode: '0444' }],
        volumes: [
          { type: 'bind', source: '/project/www', target: '/srv', read_only: true, bind: {} },
          { type: 'tmpfs', target: '/scratch', tmpfs: { size: '65536' } },
        ],
        networks: { default: null, back: { aliases: ['elsewhere'], ipv4_address: '10.213.7.9' } },
      }),
    },
    networks: { back: { ipam: { config: [{ subnet: '10.213.7.0/24' }] } } },
    secrets: { token: { content: 's3cret' } },
    configs: { app: { content: 'x=1' } },
    files: { 'www/index.html': 'hello', 'www/deep/er.txt': 'deep' },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await inside(rig, 'test "$(hostname)" = pump');
  await inside(
    rig,
    'test "$(id -u):$(id -g)" = 7:7 && id -G | cat | { read g; case " $g " in *" 99 "*) true;; *) false;; esac; }',
  );
  await inside(rig, 'test "$(cat /proc/self/cwd/../etc/app.conf)" = x=1');
  await inside(
    rig,
    'test "$GREETING" = "a \\"b\\" \\$c" && test -z "$EMPTY" && ! env | { while read l; do case "$l" in UNSET*) exit 0;; esac; done; exit 1; }',
  );
  await inside(rig, 'touch /cache/x /scratch/y && ! touch /srv/z');
  await inside(rig, 'test "$(cat /run/secrets/token)" = s3cret && test "$(cat /srv/deep/er.txt)" = deep');
  await inside(rig, 'test "$(cat /proc/sys/net/core/somaxconn)" = 321');
  const [container] = await rig.containers();
  const addresses = Object.values(container?.NetworkSettings.Networks ?? {}).length;
  assert.equal(addresses, 2);
  assert.deepEqual((await rig.plan([project])).steps, []);
});

test('a service is as docker compose would have it where the short words mislead', async () => {
  await using rig = await DeviceRig.start();
  const profile = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['unlink', 'unlinkat'], action: 'SCMP_ACT_ERRNO' }],
  };
  const project = makeProject(rig.project, {
    services: {
      // Takes the image's entrypoint away and leaves its command.
      entry: worker({ entrypoint: [] }),
      // A variable without a value takes the image's away; the engine's own PATH comes instead.
      unset: worker({ environment: { PATH: null } }),
      guarded: worker({ security_opt: ['seccomp=./profile.json'] }),
      bridge: worker({ network_mode: 'bridge', links: ['other:neighbour'] }),
      other: worker({ network_mode: 'bridge' }),
      addressed: worker({ mac_address: '02:42:ac:11:00:77' }),
      policy: worker({ deploy: { restart_policy: { condition: 'on-failure', max_attempts: 2 } } }),
      modes: worker({
        user: '7:7',
        secrets: [{ source: 'token', target: '/run/secrets/token', mode: '0400', uid: '7', gid: '7' }],
        configs: [{ source: 'file', target: '/etc/other', mode: '0400', uid: '8', gid: '8' }],
      }),
    },
    configs: { file: { file: '/project/token' } },
    secrets: { token: { file: '/project/token' } },
    files: { 'profile.json': JSON.stringify(profile), token: 's3cret' },
  });
  const { outcome } = await rig.pass([project]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await inside(rig, 'test "$PATH" != /bin', 'unset');
  await inside(rig, '/bin/touch /www/x && ! /bin/rm /www/x', 'guarded');
  await inside(
    rig,
    'while read l; do case "$l" in *neighbour*) exit 0;; esac; done < /etc/hosts; exit 1',
    'bridge',
  );
  await inside(rig, 'test "$(cat /sys/class/net/eth0/address)" = 02:42:ac:11:00:77', 'addressed');
  await inside(rig, 'test "$(cat /run/secrets/token)" = s3cret && ! cat /etc/other', 'modes');
  const { HostConfig } = await rig.inspect(`${rig.project}-policy-1`);
  assert.deepEqual(HostConfig.RestartPolicy, { Name: 'on-failure', MaximumRetryCount: 2 });
  assert.deepEqual((await rig.plan([project])).steps, []);
  const changed = {
    ...project.files.get('profile.json'),
    bytes: Buffer.from('{}'),
    mode: 0o100644,
    sha256: '',
  };
  const files = new Map([...project.files, ['profile.json', changed]]);
  const { steps } = await rig.plan([{ ...project, files, digest: 'another' }]);
  assert.equal(steps[0]?.reason, 'seccomp=./profile.json changed');
});

test('a folder beside the compose file that holds no file of the app is data that stays', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) =>
    makeProject(rig.project, {
      services: {
        app: worker({
          environment: { LEVEL: level },
          volumes: [
            { type: 'bind', source: '/project/data', target: '/data', bind: { create_host_path: true } },
          ],
        }),
      },
    });
  await rig.pass([make('1')]);
  await inside(rig, 'touch /data/kept');
  await rig.pass([make('2')]);
  await inside(rig, 'ls /data/kept');
});
