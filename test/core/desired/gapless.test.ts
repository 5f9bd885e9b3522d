import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

const folder = 'apps/web/releases/1.0.0';
const app = String(exampleFleet[`${folder}/app.yaml`] ?? 'apiVersion: towline/v1\n');
const compose = String(exampleFleet[`${folder}/compose.yaml`]);

/** @param lines of the service `web`, indented by four. @param rest of the file */
async function desired(update: string, lines: string, rest = '') {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    [`${folder}/app.yaml`]: `${app}update: ${update}\n`,
    [`${folder}/compose.yaml`]: compose.replace('    configs:\n', `${lines}    configs:\n`) + rest,
  });
  const { state, problems } = await desiredState({ reader, commit, device: 'pump-1' });
  const said = shown(problems).map(line => line.replace(`${folder}/`, ''));
  return { said, update: state?.projects.find(one => one.app === 'web')?.update };
}

const handover = '{ strategy: handover }';
const line = compose.split('\n').indexOf('    configs:') + 1;

const refused: readonly [lines: string, rest: string, at: string, why: string][] = [
  ['    container_name: web\n', '', `${line}:5`, 'two containers cannot have one name'],
  ['    ports: ["8080:80"]\n', '', `${line}:13`, 'port 8080 of the host is fixed'],
  ['    network_mode: none\n', '', `${line}:5`, 'it is on no network where others ask for it by name'],
  ['    mac_address: 02:42:ac:11:00:03\n', '', `${line}:5`, 'its address is fixed'],
  [
    '    networks:\n      back: { mac_address: 02:42:ac:11:00:03 }\n',
    'networks:\n  back:\n',
    `${line + 1}:15`,
    'its address on network back is fixed',
  ],
  ['    volumes: ["data:/data"]\n', 'volumes:\n  data:\n', `${line}:15`, 'both would write to volume data'],
  [
    '    volumes: ["/data"]\n',
    '',
    `${line}:15`,
    'the volume at /data has no name and goes from a container to its successor',
  ],
];

for (const [lines, rest, at, why] of refused)
  test(`a service is not handed over when ${why}`, async () => {
    const { said } = await desired(handover, lines, rest);
    assert.deepEqual(said, [
      `compose.yaml:${at} COMPOSE_NO_HANDOVER service web cannot be handed over: ${why}`,
    ]);
    assert.deepEqual((await desired('{ strategy: recreate }', lines, rest)).said, []);
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
  assert.match(said.join('\n'), /COMPOSE_NOT_ROLLING strategy rolling: service web has one container only/);
  assert.deepEqual((await desired('{ strategy: rolling }', '    scale: 2\n')).said, []);
});

test('a service that is named and is not there is refused', async () => {
  const { said } = await desired('{ strategy: handover, services: [wep] }', '');
  assert.match(said.join('\n'), /COMPOSE_UPDATE_SERVICE .*have no service "wep"; did you mean "web"\?/);
});
