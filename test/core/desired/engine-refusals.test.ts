import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

const compose = String(exampleFleet['apps/web/releases/1.0.0/compose.yaml']);
const device = String(exampleFleet['devices/berlin/pump-1.yaml']);

async function problems(attributes: string, engine = ''): Promise<string[]> {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/compose.yaml': compose.replace('    configs:\n', `${attributes}    configs:\n`),
    'devices/berlin/pump-1.yaml': device + engine,
  });
  const { state, problems: found } = await desiredState({ reader, commit, device: 'pump-1' });
  assert.equal(state === undefined, found.length > 0);
  return shown(found);
}

test('what any engine will refuse is found in the repository, all at once, each with its place', async () => {
  const found = await problems(
    '    volumes:\n      - ./data:data\n      - "h:/h"\n    tmpfs:\n      - cache\n    mem_limit: 4m\n    restart: often\n',
  );
  assert.deepEqual(
    found.map(line => line.replace(/^(\S+ \S+ [^:]+):.*/, '$1')),
    [
      'apps/web/releases/1.0.0/compose.yaml:8:9 COMPOSE_ENGINE_WILL_REFUSE services.web.volumes[0].target',
      'apps/web/releases/1.0.0/compose.yaml:9:9 COMPOSE_ENGINE_WILL_REFUSE services.web.volumes[1].target',
      'apps/web/releases/1.0.0/compose.yaml:11:9 COMPOSE_ENGINE_WILL_REFUSE services.web.tmpfs[0]',
      'apps/web/releases/1.0.0/compose.yaml:12:5 COMPOSE_ENGINE_WILL_REFUSE services.web.mem_limit',
      'apps/web/releases/1.0.0/compose.yaml:13:5 COMPOSE_ENGINE_WILL_REFUSE services.web.restart',
    ],
  );
});

test('no key of the engine allows it, and what this device refuses is said once', async () => {
  const capability = '    cap_add:\n      - NET_ADMN\n';
  const [refused = '', ...more] = await problems(capability);
  assert.deepEqual(more, []);
  assert.match(refused, /^apps\/web\/releases\/1\.0\.0\/compose\.yaml:8:9 COMPOSE_POLICY_REFUSED /);
  const [allowed = '', ...others] = await problems(capability, 'engine: { privileged: true }\n');
  assert.deepEqual(others, []);
  assert.match(
    allowed,
    /^apps\/web\/releases\/1\.0\.0\/compose\.yaml:8:9 COMPOSE_ENGINE_WILL_REFUSE .*; did you mean "NET_ADMIN"\?$/,
  );
});
