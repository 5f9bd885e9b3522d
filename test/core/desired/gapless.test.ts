import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

const folder = 'apps/web/releases/1.0.0';
const app = String(exampleFleet[`${folder}/app.yaml`] ?? 'apiVersion: towline/v1\n');
const compose = String(exampleFleet[`${folder}/compose.yaml`]);

/** Another service, at the end of the file's services. */
const side = (line: string) =>
  `  side:\n    image: registry.example.com/web:1.0.0@sha256:${'a'.repeat(64)}\n${line === '' ? '' : `    ${line}\n`}`;

/** @param lines of the service `web`, indented by four. @param rest of the file after that service */
async function desired(update: string, lines: string, rest = '') {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    [`${folder}/app.yaml`]: `${app}update: ${update}\n`,
    [`${folder}/compose.yaml`]: compose
      .replace('    configs:\n', `${lines}    configs:\n`)
      .replace(/^configs:/m, `${rest}configs:`),
  });
  const { state, problems } = await desiredState({ reader, commit, device: 'pump-1' });
  const said = shown(problems).map(line => line.replace(`${folder}/`, ''));
  return { said, update: state?.projects.find(one => one.app === 'web')?.update };
}

const handover = '{ strategy: handover, services: [web] }';
const line = compose.split('\n').indexOf('    configs:') + 1;
const web = compose.split('\n').indexOf('  web:') + 1;

const named = 'networks:\n  back:\n';
const none = 'it is on no network where others ask for it by name';
const tied = 'service side shares what belongs to its one container';

const refused: readonly [lines: string, rest: string, at: string, why: string][] = [
  ['    container_name: web\n', '', `${line}:5`, 'two containers cannot have one name'],
  ['    ports: ["8080:80"]\n', '', `${line}:13`, 'port 8080 of the host is fixed'],
  ['    network_mode: none\n', '', `${line}:5`, none],
  ['    network_mode: host\n', '', `${line}:5`, none],
  ['    network_mode: bridge\n', '', `${line}:5`, none],
  ['    network_mode: service:side\n', side(''), `${line}:5`, none],
  ['    mac_address: 02:42:ac:11:00:03\n', '', `${line}:5`, 'its address is fixed'],
  [
    '    networks:\n      back: { mac_address: 02:42:ac:11:00:03 }\n',
    named,
    `${line + 1}:15`,
    'its address on network back is fixed',
  ],
  [
    '    networks:\n      back: { ipv4_address: 10.9.8.7 }\n',
    'networks:\n  back: { ipam: { config: [{ subnet: 10.9.8.0/24 }] } }\n',
    `${line + 1}:15`,
    'its address on network back is fixed',
  ],
  ['    volumes: ["data:/data"]\n', 'volumes:\n  data:\n', `${line}:15`, 'both would write to volume data'],
  ['    volumes: ["/srv/data:/data"]\n', '', `${line}:15`, 'both would write to folder /srv/data'],
  [
    '    volumes: ["/data"]\n',
    '',
    `${line}:15`,
    'the volume at /data has no name and goes from a container to its successor',
  ],
  [
    '    volumes_from: [side]\n',
    side(''),
    `${line}:5`,
    'both would write to the volumes of another container',
  ],
  ['    pid: service:side\n', side(''), `${line}:5`, 'it belongs to one container of another service'],
  ['    ipc: service:side\n', side(''), `${line}:5`, 'it belongs to one container of another service'],
  ['', side('network_mode: service:web'), `${web}:3`, tied],
  ['', side('pid: service:web'), `${web}:3`, tied],
  ['', side('volumes_from: ["web:ro"]'), `${web}:3`, tied],
  [
    '    healthcheck: { test: ["CMD", "true"], interval: 5m, start_period: 1m, start_interval: 1s }\n',
    '',
    `${line}:5`,
    'it is checked only every 300 s, and its `healthTimeout` is 300 s',
  ],
];

for (const [lines, rest, at, why] of refused)
  test(`a service is not handed over when ${why}`, async () => {
    const { said } = await desired(handover, lines, rest);
    const others = (await desired('{ strategy: recreate }', lines, rest)).said;
    const refusal = `compose.yaml:${at} COMPOSE_NO_HANDOVER service web cannot be handed over: ${why}`;
    assert.deepEqual(said.sort(), [...others, refusal].sort());
  });

test('times with which it would never count as well are refused, with either strategy', async () => {
  const check = (rest: string) => `    healthcheck: { test: ["CMD", "true"], ${rest} }\n`;
  const at = `compose.yaml:${line}:5`;
  const rolling = '{ strategy: rolling, healthTimeout: 1m }';
  const one = `${at} COMPOSE_NOT_ROLLING strategy rolling: service web cannot be replaced one by one:`;
  const tries: readonly [update: string, lines: string, said: readonly string[]][] = [
    [
      '{ strategy: handover, stablePeriod: 5m }',
      '',
      [
        `compose.yaml:${web}:3 COMPOSE_NO_HANDOVER service web cannot be handed over: \`stablePeriod\` is 300 s, and its \`healthTimeout\` is 300 s`,
      ],
    ],
    ['{ strategy: handover, healthTimeout: 31s }', check('interval: 30s'), []],
    ['{ strategy: handover, healthTimeout: 31s }', check('interval: 1h, disable: true'), []],
    [
      rolling,
      `    scale: 2\n${check('interval: 1m')}`,
      [
        `${one.replace(at, `compose.yaml:${line + 1}:5`)} it is checked only every 60 s, and its \`healthTimeout\` is 60 s`,
      ],
    ],
    [rolling, `    scale: 2\n${check('interval: 59s')}`, []],
    [rolling, `    scale: 2\n${check('interval: 5m, start_period: 30s, start_interval: 1s')}`, []],
    [
      rolling,
      `    scale: 2\n${check('interval: 5m, start_period: 2m, start_interval: 1m')}`,
      [
        `${one.replace(at, `compose.yaml:${line + 1}:5`)} it is checked only every 60 s, and its \`healthTimeout\` is 60 s`,
      ],
    ],
  ];
  for (const [update, lines, expected] of tries)
    assert.deepEqual((await desired(update, lines)).said, expected, `${update} ${lines}`);
  assert.deepEqual(
    (await desired('{ strategy: recreate, stablePeriod: 5m }', check('interval: 1h'))).said,
    [],
  );
});

test('what is read only, or is given by the engine, stands in no way, nor does what several containers share', async () => {
  const lines = '    ports: ["80"]\n    volumes: ["data:/data:ro"]\n';
  const { said, update } = await desired(handover, lines, 'volumes:\n  data:\n');
  assert.deepEqual(said, []);
  assert.equal(update?.strategy, 'handover');
  const several = await desired(
    handover,
    '    scale: 2\n    volumes: ["data:/data"]\n',
    'volumes:\n  data:\n',
  );
  assert.deepEqual(several.said, []);
});

test('rolling needs a service with several containers', async () => {
  const at = `compose.yaml:${compose.split('\n').indexOf('services:') + 1}:1 COMPOSE_NOT_ROLLING`;
  assert.deepEqual((await desired('{ strategy: rolling }', '')).said, [
    `${at} strategy rolling: no service has more than one container`,
  ]);
  const { said } = await desired('{ strategy: rolling, services: [web] }', '');
  assert.match(
    said.join('\n'),
    /COMPOSE_NOT_ROLLING strategy rolling: service web cannot be replaced one by one: it has one container only/,
  );
  assert.deepEqual((await desired('{ strategy: rolling }', '    scale: 2\n')).said, []);
});

test('a service that is named and is not there is refused', async () => {
  const { said } = await desired('{ strategy: handover, services: [wep] }', '');
  assert.match(said.join('\n'), /COMPOSE_UPDATE_SERVICE .*have no service "wep"; did you mean "web"\?/);
});
