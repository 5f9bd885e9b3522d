import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load, modelOf, refusals, serviceOf } from '../project.ts';

const two = { composeFiles: ['compose.yaml', 'override.yaml'] };

function merged(base: string, over: string) {
  return serviceOf(
    { 'compose.yaml': `services: {web: ${base}}`, 'override.yaml': `services: {web: ${over}}` },
    'web',
    two,
  );
}

describe('several Compose files', () => {
  test('replace scalars and commands, merge mappings, append lists', () => {
    const service = merged(
      '{image: a, command: run it, environment: {A: 1, B: 2}, dns: 1.1.1.1, cap_add: [KILL]}',
      '{image: b, command: [other], environment: [B=3, C=4], dns: [8.8.8.8], cap_add: [KILL, CHOWN]}',
    );
    assert.equal(service.image, 'b');
    assert.deepEqual(service.command, ['other']);
    assert.deepEqual(service.environment, { A: '1', B: '3', C: '4' });
    assert.deepEqual(service.dns, ['1.1.1.1', '8.8.8.8']);
    assert.deepEqual(service.cap_add, ['KILL', 'CHOWN']);
  });

  test('let a later volume replace the one with the same target, and keep its place', () => {
    const service = merged('{image: i, volumes: ["./one:/data", "two:/two"]}', '{volumes: ["three:/data"]}');
    assert.deepEqual(service.volumes, [
      { type: 'volume', source: 'three', target: '/data', volume: {} },
      { type: 'volume', source: 'two', target: '/two', volume: {} },
    ]);
  });

  test('merge logging options only where the driver is the same', () => {
    const base = '{image: i, logging: {driver: syslog, options: {a: "1"}}}';
    assert.deepEqual(merged(base, '{logging: {options: {b: "2"}}}').logging, {
      driver: 'syslog',
      options: { a: '1', b: '2' },
    });
    assert.deepEqual(merged(base, '{logging: {driver: none}}').logging, { driver: 'none' });
  });

  test('`!reset` takes out what an earlier file says, `!override` replaces it whole', () => {
    const service = merged(
      '{image: i, ports: ["80:80"], environment: {A: 1}, volumes: ["a:/a"]}',
      '{ports: !override ["81:81"], environment: {A: !reset null}, volumes: !reset []}',
    );
    assert.deepEqual(service.ports, [{ mode: 'ingress', target: 81, published: '81', protocol: 'tcp' }]);
    assert.equal(service.environment, undefined);
    assert.equal(service.volumes, undefined);
  });

  test('a `!reset` inside an `!override` is a tag without meaning, as docker compose 2.40.3 reads it', () => {
    const text =
      'services: {web: {image: a, labels: {a: x}}}\n---\nservices: {web: {labels: !override {b: !reset null}}}';
    assert.deepEqual(serviceOf(text, 'web').labels, { b: 'null' });
  });

  test('of different form cannot be merged, and the place is that of the later', () => {
    const files = {
      'compose.yaml': 'services: {web: {image: i, healthcheck: {retries: 3}}}',
      'override.yaml': 'services:\n  web:\n    healthcheck: 3\n',
    };
    assert.match(
      refusals(files, two)[0] ?? '',
      /^override\.yaml:3:5 COMPOSE_MERGE services\.web\.healthcheck/,
    );
  });

  test('name the file in which a wrong value stands', () => {
    const files = {
      'compose.yaml': 'services: {web: {image: i}}',
      'override.yaml': 'services:\n  web:\n    tty: [1]\n',
    };
    assert.match(refusals(files, two)[0] ?? '', /^override\.yaml:3:5 COMPOSE_SCHEMA services\.web\.tty/);
  });
});

describe('extends', () => {
  test('takes a service of another file, whose paths start from that file', () => {
    const files = {
      'compose.yaml': 'services: {web: {extends: {file: base/web.yaml, service: base}, image: b}}',
      'base/web.yaml':
        'services: {base: {image: a, volumes: ["./data:/data"], extends: {file: deeper/x.yaml, service: x}}}',
      'base/deeper/x.yaml': 'services: {x: {env_file: x.env, labels: {from: x}}}',
      'base/deeper/x.env': 'X=1\n',
    };
    const service = serviceOf(files, 'web');
    assert.equal(service.image, 'b');
    assert.deepEqual(service.labels, { from: 'x' });
    assert.deepEqual(service.environment, { X: '1' });
    assert.deepEqual(service.volumes, [
      { type: 'bind', source: '/project/base/data', target: '/data', bind: { create_host_path: true } },
    ]);
  });

  test('takes a base of several documents with what its `!reset` and `!override` leave', () => {
    const files = {
      'compose.yaml': 'services: {web: {extends: {file: base.yaml, service: base}}}',
      'base.yaml': [
        'services: {base: {image: a, command: [a], ports: ["1:1"]}}',
        'services: {base: {command: !reset null, ports: !override ["2:2"]}}',
      ].join('\n---\n'),
    };
    const service = serviceOf(files, 'web');
    assert.equal(service.command, null);
    assert.deepEqual(service.ports, [{ mode: 'ingress', target: 2, published: '2', protocol: 'tcp' }]);
  });

  test('of a service or file that is not there is refused at the word', () => {
    assert.match(
      refusals('services:\n  web:\n    extends: nobody\n')[0] ?? '',
      /^compose\.yaml:3:5 COMPOSE_REFERENCE/,
    );
    assert.match(
      refusals('services:\n  web:\n    extends: {file: no.yaml, service: x}\n')[0] ?? '',
      /^compose\.yaml:3:5 COMPOSE_FILE_MISSING/,
    );
  });
});

describe('include', () => {
  const files = {
    'compose.yaml':
      'include: [{path: [db/compose.yaml, db/over.yaml]}]\nservices: {web: {image: i, depends_on: [db]}}',
    'db/compose.yaml':
      'services: {db: {image: "db:$VERSION", volumes: ["./conf:/conf", "data:/data"]}}\nvolumes: {data: {}}',
    'db/over.yaml': 'services: {db: {restart: always}}',
    'db/.env': 'VERSION=16\n',
  };

  test('brings services with paths and variables of their own folder', () => {
    const { services, volumes } = modelOf(files, { consistency: true });
    assert.equal(services.db?.image, 'db:16');
    assert.equal(services.db?.restart, 'always');
    assert.deepEqual(
      (services.db?.volumes as { source: string }[] | undefined)?.map(({ source }) => source),
      ['/project/db/conf', 'data'],
    );
    assert.deepEqual(volumes, { data: { name: 'shop_data' } });
  });

  test('of nothing, and without variables, as docker compose 2.40.3 takes it', () => {
    assert.deepEqual(Object.keys(modelOf('include: [null]\nservices: {web: {image: i}}').services), ['web']);
    const bare = { ...files, 'compose.yaml': 'include: [{path: db/compose.yaml, env_file: /dev/null}]' };
    assert.equal(modelOf(bare).services.db?.image, 'db:');
  });

  test('of the same name with other content is refused', () => {
    const clash = {
      ...files,
      'compose.yaml': 'include:\n  - db/compose.yaml\nservices: {db: {image: other}}\n',
    };
    assert.match(refusals(clash)[0] ?? '', /^compose\.yaml:2:5 COMPOSE_MERGE services\.db/);
  });

  test('a file outside the project is missing, wherever the words lead', () => {
    for (const path of ['../x.yaml', '/etc/passwd', 'a/../../x.yaml', 'https://example.com/x.git']) {
      assert.match(refusals(`include: ["${path}"]`)[0] ?? '', /COMPOSE_FILE_MISSING/, path);
    }
  });

  test('tells which files were read', () => {
    assert.deepEqual(load(files).filesRead, ['compose.yaml', 'db/.env', 'db/compose.yaml', 'db/over.yaml']);
  });
});
