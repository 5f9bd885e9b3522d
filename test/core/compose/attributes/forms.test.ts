import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseBytes } from '../../../../core/compose/value/bytes.ts';
import { durationText, parseDuration } from '../../../../core/compose/value/duration.ts';
import { shellWords } from '../../../../core/compose/value/shell-words.ts';
import { modelOf, refusals, serviceOf } from '../project.ts';

const web = (attributes: string) => serviceOf(`services: {web: {image: i, ${attributes}}}`, 'web');

describe('short forms become long ones', () => {
  test('ports, with ranges, addresses and protocols', () => {
    assert.deepEqual(web('ports: ["127.0.0.1:80-81:8080-8081/udp", "[::1]:9000-9010:90", 53]').ports, [
      { mode: 'ingress', host_ip: '127.0.0.1', target: 8080, published: '80', protocol: 'udp' },
      { mode: 'ingress', host_ip: '127.0.0.1', target: 8081, published: '81', protocol: 'udp' },
      { mode: 'ingress', host_ip: '::1', target: 90, published: '9000-9010', protocol: 'tcp' },
      { mode: 'ingress', target: 53, protocol: 'tcp' },
    ]);
  });

  for (const port of [
    '80:81:82:83',
    '1-2:3-5',
    '70000',
    '80/xyz',
    'localhost:80:80',
    ':',
    '-1',
    '::1:80:80',
  ]) {
    test(`a port \`${port}\` is refused`, () => {
      assert.match(
        refusals(`services:\n  web:\n    ports:\n      - "${port}"\n`)[0] ?? '',
        /^compose\.yaml:4:9 COMPOSE_VALUE/,
      );
    });
  }

  test('volumes, with options', () => {
    assert.deepEqual(
      web('volumes: ["./a/../b:/x/../y:ro,z", "data:/data:nocopy", "/anonymous", "~/c:/c:rslave"]').volumes,
      [
        {
          type: 'bind',
          source: '/project/b',
          target: '/y',
          read_only: true,
          bind: { create_host_path: true, selinux: 'z' },
        },
        { type: 'volume', source: 'data', target: '/data', volume: { nocopy: true } },
        { type: 'volume', target: '/anonymous', volume: {} },
        {
          type: 'bind',
          source: '/home/user/c',
          target: '/c',
          bind: { create_host_path: true, propagation: 'rslave' },
        },
      ],
    );
  });

  test('secrets, configs, devices, dependencies, limits, networks', () => {
    const service = web(
      'secrets: [s], configs: [c], devices: ["/dev/a:/dev/b:r"], depends_on: [db], ulimits: {nofile: 5}, networks: [n]',
    );
    assert.deepEqual(service.secrets, [{ source: 's', target: '/run/secrets/s' }]);
    assert.deepEqual(service.configs, [{ source: 'c' }]);
    assert.deepEqual(service.devices, [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }]);
    assert.deepEqual(service.depends_on, { db: { condition: 'service_started', required: true } });
    assert.deepEqual(service.ulimits, { nofile: 5 });
    assert.deepEqual(service.networks, { n: null });
  });

  test('links and shared namespaces become dependencies', () => {
    assert.deepEqual(web('links: ["db:x"], pid: "service:p", volumes_from: ["v:ro"]').depends_on, {
      db: { condition: 'service_started', restart: true, required: true },
      p: { condition: 'service_started', restart: true, required: true },
      v: { condition: 'service_started', required: true },
    });
  });

  test('what nobody uses is left out, what is external keeps its name', () => {
    const model = modelOf(
      'services: {web: {image: i, networks: [a, b]}}\nnetworks: {a: {external: true}, b: , c: }\nvolumes: {v: {}}',
    );
    assert.deepEqual(model.networks, {
      a: { name: 'a', external: true, ipam: {} },
      b: { name: 'shop_b', ipam: {} },
    });
    assert.equal(model.volumes, undefined);
  });
});

test('durations are read in every unit and printed as Go prints them', () => {
  const pairs = [
    ['90s', '1m30s'],
    ['1.5h', '1h30m0s'],
    ['1d', '24h0m0s'],
    ['1500ms', '1.5s'],
    ['1us', '1µs'],
    ['0', '0s'],
    ['-1m', '-1m0s'],
  ];
  for (const [text = '', printed] of pairs) assert.equal(durationText(parseDuration(text) ?? -1n), printed);
  for (const text of ['', '10', 's', '1x', '1s2']) assert.equal(parseDuration(text), undefined, text);
});

test('sizes are powers of 1024', () => {
  assert.deepEqual(
    ['64m', '1.5GiB', '1024', '2kb', '1 g'].map(parseBytes),
    [67108864, 1610612736, 1024, 2048, 1073741824],
  );
  // docker compose 2.40.3
  assert.deepEqual(
    ['1e3', '+1g', '1_000', '-0', '1e-1g', '1MIB', '1 ', '1.0e+2k'].map(parseBytes),
    [1000, 1073741824, 1000, 0, 107374182, 1048576, 1, 102400],
  );
  for (const text of ['', '-1', 'm', '1x', '1kk', '1ib', '1  g', '0x10', '1e400', '8192p', '--1'])
    assert.equal(parseBytes(text), undefined, text);
});

test('a command line is split as a shell would, up to its first operator', () => {
  assert.deepEqual(shellWords(`run "a b" 'c d' e\\ f`), ['run', 'a b', 'c d', 'e f']);
  assert.deepEqual(shellWords('run && rm -rf /'), ['run']);
  assert.deepEqual(shellWords(''), []);
  assert.equal(shellWords('"never ends'), undefined);
});

describe('numbers beyond what the engine holds are refused, where the oracle wraps them round', () => {
  for (const attribute of [
    'cpu_shares: 1e25',
    'scale: 18446744073709551615',
    'mem_limit: 18446744073709551615',
    'blkio_config: {weight: 70000}',
    'ports: [{target: 4294967297}]',
    'ulimits: {nofile: 18446744073709551615}',
    'group_add: [18446744073709551615]',
    'expose: [18446744073709551615]',
    'cpus: .inf',
    'cpus: 1e39',
  ]) {
    test(attribute, () => assert.match(refusals(`services: {web: {${attribute}}}`)[0] ?? '', /COMPOSE_/));
  }
});

// Each as docker compose 2.40.3 has it.
describe('odd forms', () => {
  test('bounds hold for numbers written as text', () => {
    for (const attribute of [
      'cpu_percent: "101"',
      'oom_score_adj: "2000"',
      'oom_score_adj: 99999999999999999999',
    ])
      assert.match(refusals(`services: {web: {${attribute}}}`)[0] ?? '', /must be at most/);
  });

  test('underscores may stand between the digits of a float', () =>
    assert.equal(web('cpus: "1_0.5_5"').cpus, 10.55));

  test('a service whose profile is empty is in, unless another is asked for', () => {
    const text = 'services: {web: {image: i, profiles: [""]}, db: {image: d, profiles: [p]}}';
    assert.deepEqual(Object.keys(modelOf(text).services), ['web']);
    assert.deepEqual(Object.keys(modelOf(text, { profiles: ['p'] }).services), ['db']);
  });

  test('`pid` without value is refused, unless a later file gives it one', () => {
    assert.match(refusals('services: {web: {image: i, pid: }}')[0] ?? '', /pid: has no value/);
    assert.equal(
      serviceOf('services: {web: {image: i, pid: }}\n---\nservices: {web: {pid: host}}', 'web').pid,
      'host',
    );
  });

  test('an env_file may be missing where a text says so', () => {
    assert.equal(web('env_file: [{path: no.env, required: "false"}]').environment, undefined);
  });

  test('a host without addresses leaves an empty list', () => {
    assert.deepEqual(web('extra_hosts: {a: []}').extra_hosts, []);
    assert.equal(web('extra_hosts: {}').extra_hosts, undefined);
  });

  test('the largest number of 64 bits is one', () => {
    assert.equal(web('pids_limit: 9223372036854775807').pids_limit, 2 ** 63);
    assert.equal(web('cpus: 12345678901234567890').cpus, 12345679000000000000);
  });

  test('empty lists of provider options are left out', () => {
    assert.deepEqual(web('provider: {type: t, options: {a: [], b: [1, x]}}').provider, {
      type: 't',
      options: { b: ['1', 'x'] },
    });
  });
});
