import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadComposeProject } from '../../../../core/compose/load/load.ts';
import { desiredState } from '../../../../core/desired/desired-state.ts';
import { readFleetFile } from '../../../../core/fleet/read-file.ts';
import { exampleFleet, repositoryOf, shown } from '../../fleet/example-fleet.ts';

/** Places and codes. */
async function places(...lines: string[]): Promise<string[]> {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/compose.yaml': `${lines.join('\n')}\n`,
  });
  const { problems } = await desiredState({ reader, commit, device: 'pump-1' });
  return shown(problems).map(line =>
    line.replace('apps/web/releases/1.0.0/compose.yaml:', '').split(' ').slice(0, 2).join(' '),
  );
}

const two = (attribute: string) => [
  'services:',
  '  web:',
  '    image: x',
  attribute,
  '  api:',
  '    image: x',
  attribute,
];

test('what is misspelt twice is told twice, whatever looks at it', async () => {
  const attributes: [string, string][] = [
    ['    restrat: always', 'COMPOSE_SCHEMA'],
    ['    restart: [always]', 'COMPOSE_SCHEMA'],
    ['    mem_limit: "$' + '{"', 'COMPOSE_INTERPOLATION'],
    ['    ports: ["80:x"]', 'COMPOSE_VALUE'],
    ['    ports: [{target: 80, host_ip: 1.2.3}]', 'COMPOSE_VALUE'],
    ['    extends: {service: wbe}', 'COMPOSE_REFERENCE'],
  ];
  for (const [attribute, code] of attributes) {
    const found = await places(...two(attribute));
    assert.deepEqual(
      found.map(line => line.replace(/:\d+ /, ' ')),
      [`4 ${code}`, `7 ${code}`],
      `${attribute}: ${found.join()}`,
    );
  }
});

test('faults of one service stand beside each other, in the order of the file', async () => {
  assert.deepEqual(await places('services:', '  web:', '    imge: x', '    prots: []', 'volums: {}'), [
    '3:5 COMPOSE_SCHEMA',
    '4:5 COMPOSE_SCHEMA',
    '5:1 COMPOSE_SCHEMA',
  ]);
});

test('a base with a fault is told once, however many extend it', async () => {
  const extending = (name: string) => [`  ${name}:`, '    extends: {service: base}'];
  assert.deepEqual(
    await places(
      'services:',
      ...extending('web'),
      ...extending('api'),
      '  base:',
      '    extends: {service: gone}',
    ),
    ['7:5 COMPOSE_REFERENCE'],
  );
});

test('a limit ends it at once, and no file makes more than a hundred', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => `    k${index}: 1`);
  assert.equal((await places('services:', '  web:', '    image: x', ...many)).length, 100);
});

test('a key that stands in a file twice and is misspelt is told in both places', () => {
  const text = 'apiVersion: towline/v1\nprority: 20\nprority: 30\n';
  const { file, problems } = readFleetFile('group', 'groups/a.yaml', Buffer.from(text));
  assert.equal(file, undefined);
  assert.deepEqual(shown(problems), [
    'groups/a.yaml:3:1 FLEET_YAML_SYNTAX key "prority" stands here twice',
    'groups/a.yaml:2:1 FLEET_UNKNOWN_KEY unknown key "prority" in the file; did you mean "priority"?',
  ]);
});

test('a key that stands twice and is spelt well keeps the file from being read', () => {
  const { file, problems } = readFleetFile(
    'group',
    'groups/a.yaml',
    Buffer.from('apiVersion: towline/v1\npaused: true\npaused: false\n'),
  );
  assert.equal(file, undefined);
  assert.equal(problems.length, 1);
});

test('a base file that cannot be read is read once, however many extend what stands there', () => {
  const services = Array.from(
    { length: 50 },
    (_, index) => `  s${index}: {extends: {file: base.yaml, service: a}}\n`,
  );
  const texts: Record<string, string> = {
    'compose.yaml': `services:\n${services.join('')}`,
    'base.yaml': 'services: {a: {image: x}\n',
  };
  const looked: string[] = [];
  const { problems } = loadComposeProject({
    files: path => {
      looked.push(path);
      return texts[path] === undefined ? undefined : Buffer.from(texts[path]);
    },
    ...{
      composeFiles: ['compose.yaml'],
      projectName: 'p',
      workingDirectory: '/p',
      environment: {},
      profiles: [],
    },
  });
  assert.deepEqual(looked, ['compose.yaml', 'base.yaml']);
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.position.file, 'base.yaml');
});
