import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadFleet } from '../../../core/fleet/load.ts';
import type { ReadFile } from '../../../core/fleet/read-file.ts';
import type { FileKind } from '../../../core/fleet/schema-check.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from './example-fleet.ts';

async function problemsOf(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  return shown((await loadFleet(reader, commit)).problems);
}

const device = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');

describe('a fleet repository', () => {
  test('loads whole, from commits alone', async () => {
    const { reader, commit } = repositoryOf(exampleFleet);
    const { fleet, problems } = await loadFleet(reader, commit);
    assert.deepEqual(shown(problems), []);
    assert.equal(fleet?.name, 'acme');
    assert.deepEqual([...(fleet?.devices.keys() ?? [])], ['pump-1', 'pump-2']);
    assert.deepEqual([...(fleet?.apps.get('web')?.releases.keys() ?? [])], ['1.0.0']);
  });

  test('reads no file again that an earlier commit had', async () => {
    const cache = new Map<string, ReadFile<FileKind>>();
    const first = repositoryOf(exampleFleet);
    await loadFleet(first.reader, first.commit, { cache });
    const second = repositoryOf({ ...exampleFleet, 'groups/canary.yaml': device('priority: 3') });
    await loadFleet(second.reader, second.commit, { cache });
    assert.ok(second.read.has(second.idOf('groups/canary.yaml')));
    assert.ok(!second.read.has(second.idOf('devices/berlin/pump-1.yaml')));
    assert.equal(cache.size, 6);
  });

  test('is read as far as it goes when one device file is broken, and says so', async () => {
    const { reader, commit } = repositoryOf({ ...exampleFleet, 'devices/berlin/pump-1.yaml': 'a: [' });
    const { fleet, problems } = await loadFleet(reader, commit);
    assert.equal(problems.length > 0, true);
    assert.deepEqual([...(fleet?.devices.keys() ?? [])], ['pump-2']);
  });
});

describe('bad files of a fleet', () => {
  const cases: readonly (readonly [name: string, changes: Texts, expected: RegExp])[] = [
    ['no fleet.yaml', { 'fleet.yaml': undefined }, /^fleet\.yaml FLEET_FILE_MISSING /],
    [
      'broken YAML',
      { 'devices/berlin/pump-1.yaml': 'apiVersion: towline/v1\ngroups: [eu\n' },
      /pump-1\.yaml:\d+:\d+ FLEET_YAML_SYNTAX /,
    ],
    [
      'two documents',
      { 'groups/eu.yaml': 'apiVersion: towline/v1\n---\na: 1\n' },
      /eu\.yaml:\d+:\d+ FLEET_YAML_SYNTAX /,
    ],
    [
      'a key twice',
      { 'groups/eu.yaml': device('priority: 1', 'priority: 2') },
      /eu\.yaml:3:1 FLEET_YAML_SYNTAX key "priority" stands here twice/,
    ],
    [
      'a key __proto__',
      { 'groups/eu.yaml': device('variables:', '  __proto__: 1') },
      /eu\.yaml:3:3 FLEET_YAML_SYNTAX .*__proto__/,
    ],
    [
      'a key that is no text',
      { 'groups/eu.yaml': device('? [a]', ': 1') },
      /eu\.yaml:2:\d+ FLEET_YAML_SYNTAX /,
    ],
    [
      'an alias bomb',
      {
        'groups/eu.yaml': `${['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`)].join('\n')}\n`,
      },
      /eu\.yaml FLEET_YAML_SYNTAX .*alias/i,
    ],
    [
      'nesting beyond reason',
      { 'groups/eu.yaml': `a: ${'['.repeat(50_000)}` },
      /eu\.yaml\S* FLEET_YAML_SYNTAX /,
    ],
    [
      'bytes that are no text',
      { 'groups/eu.yaml': Uint8Array.of(0xff, 0xfe, 0x41) },
      /eu\.yaml FLEET_YAML_SYNTAX not UTF-8/,
    ],
    [
      'a file over the limit',
      { 'groups/eu.yaml': `# ${'x'.repeat(1024 * 1024)}\n` },
      /eu\.yaml FLEET_FILE_TOO_LARGE /,
    ],
    [
      'an unknown key',
      { 'groups/eu.yaml': device('prority: 1') },
      /eu\.yaml:2:1 FLEET_UNKNOWN_KEY unknown key "prority" in the file; did you mean "priority"\?/,
    ],
    [
      'an unknown key deep inside',
      { 'groups/eu.yaml': device('apps:', '  web:', '    relase: "1.0.0"') },
      /eu\.yaml:4:5 FLEET_UNKNOWN_KEY .*"relase" in apps\.web; did you mean "release"\?/,
    ],
    [
      'an unknown key of a tunnel',
      { 'groups/eu.yaml': device('tunnel:', '  state: open', '  untill: x') },
      /eu\.yaml:4:3 FLEET_UNKNOWN_KEY .*did you mean "until"\?/,
    ],
    [
      'a tunnel that is neither',
      { 'groups/eu.yaml': device('tunnel: opn') },
      /eu\.yaml:2:9 FLEET_SCHEMA tunnel must be one of open, closed/,
    ],
    [
      'a wrong type',
      { 'groups/eu.yaml': device('priority: high') },
      /eu\.yaml:2:11 FLEET_SCHEMA priority must be integer/,
    ],
    [
      'a missing key',
      { 'groups/eu.yaml': 'priority: 1\n' },
      /eu\.yaml:1:1 FLEET_SCHEMA the file lacks the key "apiVersion"/,
    ],
    [
      'a group that is not there',
      { 'devices/berlin/pump-1.yaml': device('groups: [eu, canari]') },
      /pump-1\.yaml:2:14 FLEET_GROUP_UNKNOWN there is no group "canari"; did you mean "canary"\?/,
    ],
    [
      'an app that is not there',
      { 'groups/eu.yaml': device('apps:', '  wep:', '    release: "1.0.0"') },
      /eu\.yaml:3:3 FLEET_APP_UNKNOWN .*did you mean "web"\?/,
    ],
    [
      'a release that is not there',
      { 'groups/eu.yaml': device('apps:', '  web:', '    release: "1.0.1"') },
      /eu\.yaml:4:14 FLEET_RELEASE_UNKNOWN app "web" has no release "1\.0\.1"; did you mean "1\.0\.0"\?/,
    ],
    [
      'a device twice',
      { 'devices/rome/pump-1.yaml': device() },
      /devices\/rome\/pump-1\.yaml FLEET_DEVICE_DUPLICATE .*devices\/berlin\/pump-1\.yaml/,
    ],
    ['a device in upper case', { 'devices/rome/Pump-9.yaml': device() }, /Pump-9\.yaml FLEET_FILE_NAME /],
    [
      'a device file that ends in .yml',
      { 'devices/rome/pump-9.yml': device() },
      /pump-9\.yml FLEET_FILE_UNEXPECTED /,
    ],
    [
      'a release that is a file',
      { 'apps/web/releases/2.0.0.yaml': String(exampleFleet['apps/web/releases/1.0.0/release.yaml']) },
      /2\.0\.0\.yaml FLEET_FILE_UNEXPECTED .*a folder with release\.yaml in it/,
    ],
    [
      'an unknown key in what app.yaml was in a release',
      { 'apps/web/releases/1.0.0/app.yaml': 'apiVersion: towline/v1\nupdates: {}\n' },
      /1\.0\.0\/app\.yaml:2:1 FLEET_UNKNOWN_KEY /,
    ],
    [
      'a release whose name lies',
      {
        'apps/web/releases/2.0.0/release.yaml': String(exampleFleet['apps/web/releases/1.0.0/release.yaml']),
      },
      /2\.0\.0\/release\.yaml:2:10 FLEET_NAME_MISMATCH /,
    ],
    [
      'a time zone nobody has',
      {
        'groups/eu.yaml': device(
          'windows:',
          '  - start: 0 3 * * *',
          '    duration: 1h',
          '    timeZone: Europe/Berlim',
        ),
      },
      /eu\.yaml:5:15 FLEET_TIME_ZONE /,
    ],
    [
      'a cron field out of range',
      {
        'groups/eu.yaml': device(
          'windows:',
          '  - start: 0 25 * * *',
          '    duration: 1h',
          '    timeZone: UTC',
        ),
      },
      /eu\.yaml:3:12 FLEET_CRON the hour "25"/,
    ],
    [
      'a day that does not exist',
      { 'groups/eu.yaml': device('tunnel:', '  state: open', '  until: 2026-02-30T00:00:00Z') },
      /eu\.yaml:4:10 FLEET_INSTANT /,
    ],
    [
      'a port out of range',
      { 'fleet.yaml': String(exampleFleet['fleet.yaml']).replace(':8443', ':99999') },
      /fleet\.yaml:4:14 FLEET_ADDRESS /,
    ],
    [
      'a variable of Towline',
      { 'groups/eu.yaml': device('variables:', '  TOWLINE_DEVICE: x') },
      /eu\.yaml:3:3 FLEET_VARIABLE_RESERVED /,
    ],
    [
      'two targets of one port',
      {
        'groups/eu.yaml': device(
          'tunnel:',
          '  state: open',
          '  targets:',
          '    - { name: a, port: 22 }',
          '    - { name: b, port: 22 }',
        ),
      },
      /eu\.yaml:6:7 FLEET_TUNNEL_TARGET port 22/,
    ],
    [
      'a port at the gateway that several devices have',
      {
        'fleet.yaml': `${exampleFleet['fleet.yaml']}tunnels:\n  ports: { from: 20000, to: 20099 }\n`,
        'groups/eu.yaml': device('access:', '  port: 20017'),
      },
      /eu\.yaml:3:9 FLEET_ACCESS_PORT 20017 is the port of \S+ and of \S+: of neither/,
    ],
    [
      'a port at the gateway without a range',
      { 'groups/eu.yaml': device('access:', '  port: 20017') },
      /eu\.yaml:3:9 FLEET_ACCESS_PORT fleet\.yaml has no `tunnels\.ports`/,
    ],
    [
      'an operator that is not there',
      { 'groups/eu.yaml': device('tunnel:', '  state: open', '  allow: [alice]') },
      /eu\.yaml:4:11 FLEET_OPERATOR_UNKNOWN /,
    ],
    [
      'a policy of another fleet',
      {
        'trust/policy.yaml': device(
          'fleet: other',
          'version: 1',
          'principals: { a: {} }',
          'roles: { root: { principals: [a] } }',
        ),
      },
      /policy\.yaml:2:8 FLEET_NAME_MISMATCH /,
    ],
  ];
  for (const [name, changes, expected] of cases) {
    test(`${name}: named with its place`, async () => {
      const problems = await problemsOf(changes);
      assert.ok(
        problems.some(problem => expected.test(problem)),
        `got:\n${problems.join('\n')}`,
      );
    });
  }

  test('all of them come at once, in the order of the files', async () => {
    const problems = await problemsOf({
      'devices/berlin/pump-1.yaml': device('groups: [nowhere]', 'labels: 3'),
      'devices/paris/pump-2.yaml': device('bla: 1', 'blub: 2', 'groups: [nowhere]'),
      'groups/eu.yaml': 'x: [',
    });
    assert.deepEqual(
      problems.map(problem => problem.replace(/ .*/, '')),
      [
        'devices/berlin/pump-1.yaml:3:9',
        'devices/paris/pump-2.yaml:2:1',
        'devices/paris/pump-2.yaml:3:1',
        'groups/eu.yaml:1:5',
      ],
    );
  });

  for (const [name, head, indent] of [
    ['a map of fifty thousand keys', 'variables:', '  '],
    ['fifty thousand unknown keys', 'priority: 1', ''],
  ] as const) {
    test(`${name}: judged in less than four seconds of CPU`, async () => {
      const many = Array.from({ length: 50_000 }, (_unused, index) => `${indent}k${index}: 1`);
      const before = process.cpuUsage();
      const problems = await problemsOf({ 'groups/eu.yaml': device(head, ...many) });
      const { user } = process.cpuUsage(before);
      assert.match(problems[0] ?? '', /FLEET_SCHEMA variables must NOT have more|FLEET_UNKNOWN_KEY/);
      assert.ok(problems.length <= 101);
      assert.ok(user < 4_000_000, `${user / 1000} ms`);
    });
  }
});
