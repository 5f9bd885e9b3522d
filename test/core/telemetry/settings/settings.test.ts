import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../../core/desired/desired-state.ts';
import { outdated } from '../../../../core/telemetry/settings/least-versions.ts';
import { exampleFleet, repositoryOf, shown } from '../../fleet/example-fleet.ts';

const app = String(exampleFleet['apps/web/releases/1.0.0/app.yaml'] ?? 'apiVersion: towline/v1\n');
const fleet = String(exampleFleet['fleet.yaml']);

function desired(files: Record<string, string>) {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...files });
  return desiredState({ reader, commit, device: 'pump-1' });
}

test('an endpoint of an app is known on the device, and makes no container anew', async () => {
  const plain = await desired({});
  const { state } = await desired({
    'apps/web/releases/1.0.0/app.yaml': `${app}metrics: [{ service: web, port: 9090 }, { service: web, port: 9091, path: /m, interval: 5m }]\n`,
  });
  const web = state?.projects.find(project => project.app === 'web');
  assert.deepEqual(web?.metrics, [
    { service: 'web', port: 9090, path: '/metrics', intervalMs: 0 },
    { service: 'web', port: 9091, path: '/m', intervalMs: 300_000 },
  ]);
  assert.equal(web?.digest, plain.state?.projects.find(project => project.app === 'web')?.digest);
});

test('an endpoint of a service that is not there is refused where it stands', async () => {
  const { problems } = await desired({
    'apps/web/releases/1.0.0/app.yaml': `${app}metrics:\n  - { service: wbe, port: 9090 }\n`,
  });
  const line = app.split('\n').length + 1;
  assert.deepEqual(shown(problems), [
    `apps/web/releases/1.0.0/app.yaml:${line}:16 TELEMETRY_SERVICE_UNKNOWN the Compose files have no service "wbe"; did you mean "web"?`,
  ]);
});

test('metrics and versions are set for the fleet, and key by key by what is narrower', async () => {
  const device = String(exampleFleet['devices/berlin/pump-1.yaml']);
  const { state } = await desired({
    'fleet.yaml': `${fleet}telemetry: { metrics: { interval: 2m, host: false } }\nrequires: { engine: "20.10", os: { debian: "12" } }\n`,
    'devices/berlin/pump-1.yaml': `${device}telemetry: { metrics: { interval: 1s } }\nrequires: { kernel: "6.1", os: { ubuntu: "22.04" } }\n`,
  });
  const { metrics, requires } = state?.settings ?? {};
  assert.deepEqual(metrics, {
    ...{ host: false, containers: true, apps: true, maxSeriesPerApp: 200, maxSeries: 1000 },
    intervalMs: 10_000,
  });
  assert.deepEqual(requires, { engine: '20.10', kernel: '6.1', os: { debian: '12', ubuntu: '22.04' } });
});

test('versions are compared by their numbers, and what has none is not judged', () => {
  const host = {
    os: 'debian',
    osVersion: '12',
    osName: 'Debian 12',
    kernel: '5.10.0-28-arm64',
    architecture: 'arm64',
  };
  const all = { engine: '20.10.24', kernel: '5.9', os: { debian: '12', ubuntu: '99' } };
  assert.deepEqual(outdated(all, host, '20.10.24+dfsg1'), []);
  assert.deepEqual(outdated(all, { ...host, osVersion: '9' }, '20.10.9'), [
    'the engine is 20.10.9, at least 20.10.24 is wanted',
    'debian is 9, at least 12 is wanted',
  ]);
  assert.deepEqual(outdated({ kernel: '5.10.1' }, host, undefined), [
    'the kernel is 5.10.0-28-arm64, at least 5.10.1 is wanted',
  ]);
  assert.deepEqual(
    outdated({ engine: '99', os: { debian: '99' } }, { ...host, osVersion: undefined }, 'dev'),
    [],
  );
});
