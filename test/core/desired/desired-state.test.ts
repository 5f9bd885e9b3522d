import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { digest, exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const compute = (changes: Texts, device = 'pump-1', projectPrefix?: string) => {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  return desiredState({ reader, commit, device, ...(projectPrefix === undefined ? {} : { projectPrefix }) });
};

const file = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');
const replaced = (path: string, from: string, to: string): Texts => {
  const text = String(exampleFleet[path]);
  assert.ok(text.includes(from));
  return { [path]: text.replace(from, to) };
};

describe('the desired state of a device', () => {
  test('has its apps with images pinned, the tag kept in a label', async () => {
    const { state, problems } = await compute({});
    assert.deepEqual(shown(problems), []);
    const [project] = state?.projects ?? [];
    assert.equal(project?.name, 'web');
    assert.equal(project?.release, '1.0.0');
    const service = project?.model.services.web;
    assert.ok(service);
    assert.equal(service.image, `registry.example.com/web@${digest('a')}`);
    assert.equal(
      (service.labels as Record<string, string>)['io.towline.image'],
      'registry.example.com/web:1.0.0',
    );
    assert.deepEqual(project?.update, {
      strategy: 'recreate',
      healthTimeoutMs: 300_000,
      stablePeriodMs: 10_000,
    });
  });

  test('brings the files that its containers see, and no others', async () => {
    const { state } = await compute({});
    const files = state?.projects[0]?.files;
    assert.deepEqual([...(files?.keys() ?? [])], ['settings.conf']);
    assert.equal(Buffer.from(files?.get('settings.conf')?.bytes ?? []).toString(), 'a = 1\n');
    assert.equal(files?.get('settings.conf')?.mode, 0o100644);
  });

  test('which registries come through the gateway: the narrowest file that names some, and its own rate', async () => {
    const device = String(exampleFleet['devices/berlin/pump-1.yaml']);
    const fleet = String(exampleFleet['fleet.yaml']);
    const images = 'images: { throughGateway: [r.example.com, "r.example.com:5000"], maxRate: 2MiB }\n';
    const wide = await compute({ 'fleet.yaml': fleet + images });
    assert.deepEqual(shown(wide.problems), []);
    const throughGateway = ['r.example.com', 'r.example.com:5000'];
    assert.deepEqual(wide.state?.settings.images, { throughGateway, maxRateBytes: 2 * 1024 * 1024 });
    const narrow = await compute({
      'fleet.yaml': fleet + images,
      'devices/berlin/pump-1.yaml': `${device}images: { throughGateway: [] }\n`,
    });
    // The rate stays: an agent's parts come through the gateway in any case.
    assert.deepEqual(narrow.state?.settings.images, { throughGateway: [], maxRateBytes: 2 * 1024 * 1024 });
    assert.equal(narrow.state?.provenance.get('/images/throughGateway'), 'devices/berlin/pump-1.yaml');
    assert.equal((await compute({ 'fleet.yaml': fleet })).state?.settings.images, undefined);
  });

  test('brings whole folders that are mounted', async () => {
    const { state, problems } = await compute({
      ...replaced(
        'apps/web/releases/1.0.0/compose.yaml',
        '    configs:\n',
        '    volumes: ["./site:/srv:ro"]\n    configs:\n',
      ),
      'apps/web/releases/1.0.0/site/index.html': '<p>',
      'apps/web/releases/1.0.0/site/deep/er.html': '<b>',
    });
    assert.deepEqual(shown(problems), []);
    assert.deepEqual(
      [...(state?.projects[0]?.files.keys() ?? [])],
      ['settings.conf', 'site/deep/er.html', 'site/index.html'],
    );
  });

  test('lets a short bind mount of what the repository does not have be data of the device', async () => {
    const { state, problems } = await compute(
      replaced(
        'apps/web/releases/1.0.0/compose.yaml',
        '    configs:\n',
        '    volumes: ["./data:/data"]\n    configs:\n',
      ),
    );
    assert.deepEqual(shown(problems), []);
    assert.deepEqual([...(state?.projects[0]?.files.keys() ?? [])], ['settings.conf']);
  });

  test('refuses a mounted image without a digest: no release pins it', async () => {
    const mounting = (source: string) =>
      compute(
        replaced(
          'apps/web/releases/1.0.0/compose.yaml',
          '    configs:\n',
          `    volumes:\n      - { type: tmpfs, target: /data }\n      - { type: image, source: "${source}", target: /model }\n    configs:\n`,
        ),
      );
    const tag = await mounting('registry.example.com/model:7');
    assert.equal(tag.state, undefined);
    const [problem, ...more] = tag.problems;
    assert.deepEqual(more, []);
    assert.equal(problem?.code, 'FLEET_IMAGE_MOUNT_UNPINNED');
    assert.match(problem?.message ?? '', /"web" mounts the image registry\.example\.com\/model:7/);
    assert.deepEqual(
      [problem?.position.file, problem?.position.line],
      ['apps/web/releases/1.0.0/compose.yaml', 9],
    );
    const short = await mounting('registry.example.com/model@sha256:00');
    assert.ok(short.problems.some(({ code }) => code === 'FLEET_IMAGE_MOUNT_UNPINNED'));
    const pinned = await mounting(`registry.example.com/model:7@${digest('b')}`);
    assert.deepEqual(shown(pinned.problems), []);
    assert.ok(pinned.state);
  });

  test('holds the value of a config that is a variable', async () => {
    const { state } = await compute(
      replaced(
        'apps/web/releases/1.0.0/compose.yaml',
        '    file: ./settings.conf',
        '    environment: COLOUR',
      ),
    );
    assert.deepEqual(state?.projects[0]?.model.configs?.settings, { name: 'web_settings', content: 'green' });
  });

  test('merges fleet, groups by priority, device: the narrowest wins', async () => {
    const colour = async (device: string) => (await compute({}, device)).environments?.get('web')?.COLOUR;
    assert.equal(await colour('pump-1'), 'green');
    assert.equal(await colour('pump-2'), 'yellow');
  });

  test('says which file gave each value', async () => {
    const { state, environments } = await compute({}, 'pump-2');
    assert.equal(state?.provenance.get('/apps/web/release'), 'groups/eu.yaml');
    assert.equal(state?.provenance.get('/apps/web/variables/COLOUR'), 'groups/canary.yaml');
    assert.equal(state?.provenance.get('/apps/web/variables/SIZE'), 'devices/paris/pump-2.yaml');
    assert.equal(state?.provenance.get('/apps/web/variables/PORT'), 'groups/eu.yaml');
    assert.deepEqual(environments?.get('web'), {
      COLOUR: 'yellow',
      PORT: '8080',
      SIZE: 'large',
      TOWLINE_APP: 'web',
      TOWLINE_DEVICE: 'pump-2',
      TOWLINE_FLEET: 'acme',
      TOWLINE_RELEASE: '1.0.0',
    });
  });

  test('is that of the release alone: what is edited beside it reaches nobody', async () => {
    const digestOf = async (changes: Texts) => (await compute(changes)).state?.projects[0]?.digest;
    const edited = {
      'apps/web/compose.yaml': 'services: {web: {image: "registry.example.com/other:1"}}\n',
      'apps/web/app.yaml': 'unknown: key\n',
      'apps/web/.env': 'COLOUR=black\n',
      'apps/web/settings.conf': 'a = 2\n',
    };
    const before = await digestOf({});
    assert.ok(before);
    assert.equal(await digestOf(edited), before);
  });

  test('of a release that is withdrawn comes with a warning where it is assigned, and its reason', async () => {
    const { state, warnings } = await compute(
      replaced('apps/web/releases/1.0.0/release.yaml', 'images:', 'withdrawn: leaks\nimages:'),
    );
    assert.ok(state);
    assert.deepEqual(shown(warnings), [
      'groups/eu.yaml:5:14 FLEET_RELEASE_WITHDRAWN release 1.0.0 of app "web" is withdrawn: leaks',
    ]);
  });

  test('takes variables of .env where no other file gives one, as docker compose does', async () => {
    const { environments, problems } = await compute({
      'apps/web/releases/1.0.0/.env': 'SHADE=dark # a comment\nexport ONLY="in $SHADE"\n',
      'apps/web/releases/1.0.0/app.yaml': file('variables: { SHADE: light }'),
    });
    assert.deepEqual(shown(problems), []);
    assert.equal(environments?.get('web')?.SHADE, 'light');
    assert.equal(environments?.get('web')?.ONLY, 'in dark');
  });

  test('says where a .env is broken', async () => {
    const { state, problems } = await compute({ 'apps/web/releases/1.0.0/.env': 'A=1\nB="never closed\n' });
    assert.equal(state, undefined);
    assert.equal(problems[0]?.position.file, 'apps/web/releases/1.0.0/.env');
    assert.equal(problems[0]?.position.line, 2);
  });

  test('takes variables of app.yaml and of the release where nobody narrower gives one', async () => {
    const { state, environments } = await compute({
      'apps/web/releases/1.0.0/app.yaml': file(
        'variables: { COLOUR: grey, A: 1 }',
        'update: { healthTimeout: 90s }',
      ),
      ...replaced('apps/web/releases/1.0.0/release.yaml', 'images:', 'variables: { A: 2, B: 3 }\nimages:'),
    });
    assert.deepEqual(
      [environments?.get('web')?.COLOUR, environments?.get('web')?.A, environments?.get('web')?.B],
      ['green', '2', '3'],
    );
    assert.equal(state?.provenance.get('/apps/web/variables/A'), 'apps/web/releases/1.0.0/release.yaml');
    assert.equal(state?.provenance.get('/apps/web/update/healthTimeout'), 'apps/web/releases/1.0.0/app.yaml');
    assert.equal(state?.projects[0]?.update.healthTimeoutMs, 90_000);
  });

  test('is the same from run to run, to the byte', async () => {
    const text = async () => {
      const { state } = await compute({});
      return JSON.stringify(state, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
    };
    assert.equal(await text(), await text());
  });

  test('has a digest that changes with what runs and with nothing else', async () => {
    const digestOf = async (changes: Texts) => (await compute(changes)).state?.projects[0]?.digest;
    const base = await digestOf({});
    assert.match(base ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(await digestOf({ 'apps/web/releases/1.0.0/unused.bin': 'other' }), base);
    assert.equal(await digestOf({ 'README.md': 'x' }), base);
    assert.notEqual(await digestOf({ 'apps/web/releases/1.0.0/settings.conf': 'a = 2\n' }), base);
    assert.notEqual(
      await digestOf(replaced('apps/web/releases/1.0.0/release.yaml', digest('a'), digest('b'))),
      base,
    );
    assert.notEqual(
      await digestOf(replaced('groups/eu.yaml', '    release:', '    retry: 1\n    release:')),
      base,
    );
  });

  test('is computed without reading the files of other devices', async () => {
    const { reader, commit, read, idOf } = repositoryOf(exampleFleet);
    await desiredState({ reader, commit, device: 'pump-1' });
    assert.ok(read.has(idOf('devices/berlin/pump-1.yaml')));
    for (const other of [
      'devices/paris/pump-2.yaml',
      'groups/canary.yaml',
      'apps/web/releases/1.0.0/unused.bin',
    ]) {
      assert.ok(!read.has(idOf(other)), other);
    }
  });

  test('does not suffer from a broken file of another device', async () => {
    const { state } = await compute({ 'devices/paris/pump-2.yaml': '[' });
    assert.equal(state?.device, 'pump-1');
  });

  test('carries the prefix of the agent in project names', async () => {
    assert.equal((await compute({}, 'pump-1', 'a-')).state?.projects[0]?.name, 'a-web');
  });

  test('drops an app that a narrower file takes away', async () => {
    const { state } = await compute({
      'devices/berlin/pump-1.yaml': file('groups: [eu]', 'apps: { web: { absent: true } }'),
    });
    assert.deepEqual(state?.projects, []);
  });

  test('is paused when any file says so, app by app', async () => {
    const paused = async (changes: Texts) => {
      const { state } = await compute(changes);
      return [state?.settings.paused, state?.projects[0]?.paused];
    };
    assert.deepEqual(await paused({}), [false, false]);
    assert.deepEqual(await paused({ 'devices/berlin/pump-1.yaml': file('groups: [eu]', 'paused: true') }), [
      true,
      true,
    ]);
    assert.deepEqual(
      await paused(replaced('groups/eu.yaml', '    release:', '    paused: true\n    release:')),
      [false, true],
    );
  });
});

describe('the tunnel of a device', () => {
  const tunnel = async (changes: Texts) => (await compute(changes)).state?.tunnel;

  test('is closed, to ssh, for eight hours, unless a file says otherwise', async () => {
    assert.deepEqual(await tunnel({}), {
      state: 'closed',
      maxDurationMs: 28_800_000,
      targets: [{ name: 'ssh', host: '127.0.0.1', port: 22 }],
    });
  });

  test('takes state, until and reason from the narrowest file, and whom all files allow', async () => {
    const merged = await tunnel({
      'operators/alice.yaml': file('sshKeys: ["ssh-ed25519 AAAA alice"]'),
      ...replaced(
        'groups/eu.yaml',
        'priority: 10',
        'priority: 10\ntunnel: { state: open, until: 2020-01-01T00:00:00Z, reason: old, allow: [alice] }\naccess: { targets: [{ name: web, port: 80 }] }',
      ),
      'devices/berlin/pump-1.yaml': file('groups: [eu]', 'tunnel: open'),
    });
    assert.deepEqual(merged, {
      state: 'open',
      maxDurationMs: 28_800_000,
      targets: [{ name: 'web', host: '127.0.0.1', port: 80 }],
      allow: ['alice'],
    });
  });

  test('of a revoked device is closed', async () => {
    assert.equal(
      (await tunnel({ 'devices/berlin/pump-1.yaml': file('tunnel: open', 'revoked: true') }))?.state,
      'closed',
    );
  });
});

describe('what keeps a state from being computed', () => {
  test('more files than an app may bring: one problem, not thousands', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 4200 }, (_unused, index) => [
        `apps/web/releases/1.0.0/site/f${index}`,
        `${index}`,
      ]),
    );
    const { problems } = await compute({
      ...many,
      ...replaced(
        'apps/web/releases/1.0.0/compose.yaml',
        '    configs:\n',
        '    volumes: ["./site:/srv:ro"]\n    configs:\n',
      ),
    });
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.code, 'FLEET_PROJECT_TOO_LARGE');
  });

  const cases: readonly (readonly [name: string, changes: Texts, expected: RegExp, device?: string])[] = [
    ['a device that is not in the fleet', {}, /^devices FLEET_DEVICE_UNKNOWN .*"pump-9"/, 'pump-9'],
    ['a device id that is a path', {}, /FLEET_DEVICE_UNKNOWN/, '../fleet'],
    ['a device twice', { 'devices/rome/pump-1.yaml': file() }, /FLEET_DEVICE_DUPLICATE/],
    ['no fleet.yaml', { 'fleet.yaml': undefined }, /FLEET_FILE_MISSING/],
    ['a broken group', { 'groups/eu.yaml': 'a: [' }, /groups\/eu\.yaml:1:\d FLEET_YAML_SYNTAX/],
    ['a missing group', { 'groups/eu.yaml': undefined }, /pump-1\.yaml:2:10 FLEET_GROUP_UNKNOWN/],
    [
      'a missing release',
      { 'apps/web/releases/1.0.0/release.yaml': undefined },
      /^groups\/eu\.yaml:5:14 FLEET_RELEASE_UNKNOWN/,
    ],
    [
      'no release and no digest',
      {
        ...replaced('groups/eu.yaml', '    release: "1.0.0"\n', ''),
        'apps/web/compose.yaml': exampleFleet['apps/web/releases/1.0.0/compose.yaml'],
        'apps/web/settings.conf': '',
      },
      /compose\.yaml:3:\d+ FLEET_RELEASE_MISSING/,
    ],
    [
      'a missing app',
      { 'apps/web/releases/1.0.0/compose.yaml': undefined },
      /^groups\/eu\.yaml:4:3 FLEET_APP_UNKNOWN/,
    ],
    [
      'a service without an image in the release',
      replaced('apps/web/releases/1.0.0/compose.yaml', '  web:\n', '  more:\n    image: x:1\n  web:\n'),
      /compose\.yaml:3:\d+ FLEET_RELEASE_IMAGE_MISSING .*"more"/,
    ],
    [
      'an image that is not the one of the release',
      replaced('apps/web/releases/1.0.0/compose.yaml', 'web:1.0.0', 'web:1.0.1'),
      /compose\.yaml:3:\d+ FLEET_RELEASE_IMAGE_CHANGED .*web:1\.0\.1.*web:1\.0\.0/,
    ],
    [
      'a config file that is not there',
      { 'apps/web/releases/1.0.0/settings.conf': undefined },
      /compose\.yaml:1\d:\d+ FLEET_PROJECT_FILE_MISSING "settings\.conf"/,
    ],
    [
      'a bind mount of what is not there',
      replaced(
        'apps/web/releases/1.0.0/compose.yaml',
        '    configs:\n',
        '    volumes: [{ type: bind, source: ./data, target: /data }]\n    configs:\n',
      ),
      /compose\.yaml:7:\d+ FLEET_PROJECT_FILE_MISSING "data"/,
    ],
    ...['./profile.json', '/etc/docker/profile.json', '../other/profile.json'].map(
      (profile): [string, ReturnType<typeof replaced>, RegExp] => [
        `a seccomp profile that is not there: ${profile}`,
        replaced(
          'apps/web/releases/1.0.0/compose.yaml',
          '    configs:\n',
          `    security_opt: ["seccomp=${profile}"]\n    configs:\n`,
        ),
        /compose\.yaml:7:\d+ FLEET_PROJECT_FILE_MISSING "\S*profile\.json"/,
      ],
    ),
    [
      'a broken Compose file',
      { 'apps/web/releases/1.0.0/compose.yaml': 'services: [' },
      /^apps\/web\/releases\/1\.0\.0\/compose\.yaml:1:\d+ COMPOSE_/,
    ],
    [
      'files too large together',
      { 'apps/web/releases/1.0.0/settings.conf': 'x'.repeat(16 * 1024 * 1024 + 1) },
      /settings\.conf FLEET_FILE_TOO_LARGE/,
    ],
  ];
  for (const [name, changes, expected, device] of cases) {
    test(`${name}: named with its place`, async () => {
      const { state, problems } = await compute(changes, device);
      assert.equal(state, undefined);
      assert.ok(
        shown(problems).some(problem => expected.test(problem)),
        `got:\n${shown(problems).join('\n')}`,
      );
    });
  }
});

describe('an image is named by a reference and nothing else: the engine has it in the paths of its requests', () => {
  const images = [
    '../volumes/bank_data?force=true&x=',
    'app?force=1',
    'app/../../networks/bank',
    'a b',
    'Ünix/app',
    'app%2f..',
    '-app',
    'app//x',
  ];
  for (const image of images) {
    test(image, async () => {
      const pinned = `${image}@${digest('a')}`;
      const services = { run: { image: pinned }, mount: { image: `app@${digest('a')}` } };
      const volumes = [{ type: 'image', source: pinned, target: '/x' }];
      const compose = JSON.stringify({ services: { ...services, mount: { ...services.mount, volumes } } });
      const { problems } = await compute({
        'apps/odd/compose.yaml': compose,
        ...replaced('devices/berlin/pump-1.yaml', 'groups: [eu]\n', 'groups: [eu]\napps: {odd: {}}\n'),
      });
      const lines = shown(problems).filter(line => line.includes('COMPOSE_VALUE'));
      assert.equal(lines.length, 2, shown(problems).join('\n'));
    });
  }

  test('hosts, ports, folders, tags and digests are taken', async () => {
    for (const image of [
      'app',
      'my.host:5000/a/b__c-d.e:1.0_x',
      'localhost/a',
      '[fd00::1]:5000/a',
      '10.0.0.1/a:x',
    ]) {
      const compose = JSON.stringify({ services: { run: { image: `${image}@${digest('a')}` } } });
      const { problems } = await compute({
        'apps/odd/compose.yaml': compose,
        ...replaced('devices/berlin/pump-1.yaml', 'groups: [eu]\n', 'groups: [eu]\napps: {odd: {}}\n'),
      });
      assert.deepEqual(shown(problems), [], image);
    }
  });
});
