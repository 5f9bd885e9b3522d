import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown } from '../fleet/example-fleet.ts';

const app = String(exampleFleet['apps/web/releases/1.0.0/app.yaml'] ?? 'apiVersion: towline/v1\n');
const compose = String(exampleFleet['apps/web/releases/1.0.0/compose.yaml']).replace(
  '    configs:\n',
  '    volumes:\n      - "cache:/cache"\n      - "lent:/lent"\n    configs:\n',
);
const volumes = 'volumes:\n  cache:\n  unused:\n  lent: { external: true }\n';

async function desired(list: string) {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/app.yaml': `${app}${list}`,
    'apps/web/releases/1.0.0/compose.yaml': `${compose}${volumes}`,
  });
  return desiredState({ reader, commit, device: 'pump-1' });
}

test('volumes that may be lost are part of the desired state, and change it', async () => {
  const [plain, listed] = [await desired(''), await desired('disposableVolumes: [unused, cache]\n')];
  const projects = [plain, listed].map(({ state }) => state?.projects.find(one => one.app === 'web'));
  assert.deepEqual(
    projects.map(project => project?.disposableVolumes),
    [undefined, ['cache', 'unused']],
  );
  assert.notEqual(projects[0]?.digest, projects[1]?.digest);
});

test('a name that is no volume of the app, or that of an external one, is refused where it stands', async () => {
  const { problems, state } = await desired('disposableVolumes:\n  - cahce\n  - lent\n');
  assert.equal(state, undefined);
  const line = app.split('\n').length + 1;
  assert.deepEqual(shown(problems), [
    `apps/web/releases/1.0.0/app.yaml:${line}:5 FLEET_VOLUME_UNKNOWN the Compose files declare no volume "cahce"; did you mean "cache"?`,
    `apps/web/releases/1.0.0/app.yaml:${line + 1}:5 FLEET_VOLUME_UNKNOWN volume "lent" is external: it is never removed`,
  ]);
});
