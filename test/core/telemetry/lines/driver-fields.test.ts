/** Docker's drivers with the address `towline`: what the engine is asked for, what is refused, and what becomes of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { desiredState } from '../../../../core/desired/desired-state.ts';
import { hostConfigSpec } from '../../../../core/plan/container/host-config.ts';
import { driverFields, type LoggedContainer } from '../../../../core/telemetry/lines/driver-fields.ts';
import { exampleFleet, repositoryOf, shown } from '../../fleet/example-fleet.ts';

const id = 'ab'.repeat(32);
const container: LoggedContainer = {
  id,
  name: 'web-web-1',
  imageId: `sha256:${'cd'.repeat(32)}`,
  imageName: 'registry.example.com/web:1.2',
  labels: { 'com.example.site': 'berlin', other: 'x' },
  environment: ['MODE=fast=er', 'TOKEN=s3cr3t', 'PATH=/bin'],
  command: ['/bin/web', '--port', '80'],
  created: '2026-11-29T01:00:00Z',
};

test('driver, tag, labels and variables become fields, but no secret does', () => {
  const options = {
    'syslog-address': 'towline',
    'syslog-facility': 'local3',
    tag: '{{.Name}}/{{.ID}} {{ index .ContainerLabels "com.example.site" }}',
    labels: 'com.example.site,absent',
    env: 'MODE,TOKEN',
  };
  assert.deepEqual(driverFields({ logging: { driver: 'syslog', options } }, container, ['TOKEN']), {
    'com.example.site': 'berlin',
    MODE: 'fast=er',
    'docker.syslog-facility': 'local3',
    'docker.driver': 'syslog',
    'docker.tag': `web-web-1/${id.slice(0, 12)} berlin`,
    'docker.container_id': id,
    'docker.container_name': 'web-web-1',
    'docker.image_id': container.imageId,
    'docker.image_name': 'registry.example.com/web:1.2',
    'docker.command': '/bin/web --port 80',
    'docker.created': '2026-11-29T01:00:00Z',
  });
  const gelf = driverFields(
    { logging: { driver: 'gelf', options: { 'gelf-address': 'towline' } } },
    container,
    [],
  );
  assert.equal(gelf['docker.tag'], id.slice(0, 12), 'the tag of a driver is the short id');
  const elsewhere = { driver: 'syslog', options: { 'syslog-address': 'tcp://10.0.0.1:514' } };
  assert.deepEqual(driverFields({ logging: elsewhere }, container, []), {});
});

test('the engine keeps such a log itself, in files that rotate', () => {
  const asked = (driver: string, options: Record<string, string>) =>
    hostConfigSpec({ logging: { driver, options } }, new Map()).LogConfig;
  assert.deepEqual(
    asked('fluentd', { 'fluentd-address': 'towline', 'fluentd-async': 'true', tag: 'x', 'max-file': '5' }),
    {
      Type: 'json-file',
      Config: { 'max-size': '10m', 'max-file': '5' },
    },
  );
  const elsewhere = { 'gelf-address': 'udp://10.0.0.1:12201' };
  assert.deepEqual(asked('gelf', elsewhere), { Type: 'gelf', Config: elsewhere });
});

async function problemsOf(logging: string): Promise<string[]> {
  const compose = parseDocument(String(exampleFleet['apps/web/releases/1.0.0/compose.yaml']));
  compose.setIn(['services', 'web', 'logging'], parseDocument(logging).contents);
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/compose.yaml': compose.toString(),
  });
  const { problems } = await desiredState({ reader, commit, device: 'pump-1' });
  return shown(problems).map(text => text.replace(/^\S+ /u, ''));
}

test('a device takes the drivers at this address, and refuses what would say nothing there', async () => {
  assert.deepEqual(
    await problemsOf(
      '{ driver: gelf, options: { gelf-address: towline, tag: "{{.Name}}", labels: site, gelf-compression-type: none } }',
    ),
    [],
  );
  const wrong = 'syslog-tls-ca-cert: /etc/ca.pem, env-regex: ".*", tag: "{{.Nmae}}", max-size: x';
  const refusals = await problemsOf(`{ driver: syslog, options: { syslog-address: towline, ${wrong} } }`);
  assert.deepEqual(
    refusals.map(text => /options\.([\w-]+): /u.exec(text)?.[1]),
    ['syslog-tls-ca-cert', 'env-regex', 'tag', 'max-size'],
  );
  const [refused] = await problemsOf('{ driver: syslog, options: { syslog-address: "tcp://towline:514" } }');
  assert.match(refused ?? '', /COMPOSE_POLICY_REFUSED/, 'an address like another is another');
});
