/** A version of the agent and a release of an app that come together: the project is finished before anything restarts the agent. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { label } from '../../../core/plan/container/labels.ts';
import { ImageMaker, type PushedImage } from '../../../lab/machine/images.ts';
import { startRegistry } from '../../../lab/machine/registry.ts';
import { clearEngine } from '../../../lab/rig/clear-engine.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { runInContainer } from '../../../lab/rig/run-in-container.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';
import { LaunchedAgent } from './launched-agent.ts';

const cleanUp = new AsyncDisposableStack();
let agent: LaunchedAgent;
let onEngine: DeviceRig;
let images: Record<'web' | 'worker', PushedImage>;

before(async () => {
  agent = cleanUp.use(await LaunchedAgent.prepare());
  const registry = await startRegistry();
  cleanUp.defer(() => registry.stop());
  const maker = new ImageMaker(agent.engineSocket, registry.address);
  cleanUp.defer(() => maker.forget());
  images = { web: await maker.push('web', '1', 'web'), worker: await maker.push('worker', '1', 'worker') };
  onEngine = new DeviceRig(agent.engineSocket, registry.address);
  onEngine.device = agent.fleet.device;
  onEngine.project = agent.fleet.device;
  cleanUp.defer(async () => {
    await agent.stop('SIGKILL');
    await clearEngine(onEngine);
  });
  agent.start();
});
after(() => cleanUp.disposeAsync());

const deviceFile = () => `devices/${agent.fleet.device}.yaml`;

async function deviceWith(more: Readonly<Record<string, unknown>>): Promise<Record<string, string>> {
  const { paused: _paused, ...file } = parse(await agent.fleet.fleet.git(['show', `main:${deviceFile()}`]));
  return { [deviceFile()]: stringify({ ...file, ...more }) };
}

/** A release whose service is healthy from the moment on at which somebody says so. */
async function gatedRelease(version: string): Promise<Record<string, string>> {
  const healthcheck = { test: ['CMD', '/bin/ls', `/go-${version}`], interval: '1s', retries: 600 };
  const update = { healthTimeout: '10m', stablePeriod: '500ms' };
  return {
    ...webRelease(version, images, { healthcheck }),
    [`apps/web/releases/${version}/app.yaml`]: stringify({ apiVersion: 'towline/v1', update }),
    ...(await deviceWith({ apps: { web: { release: version } } })),
  };
}

/** The container of the service that waits for somebody's word: not one of those that were there. */
async function gated(version: string, before: readonly string[] = []): Promise<string> {
  let found: string | undefined;
  await agent.until(`the service of ${version} to run`, async () => {
    found = (await onEngine.containers()).find(
      ({ Id, State, Labels }) =>
        State === 'running' && Labels?.[label.service] === 'web' && !before.includes(Id),
    )?.Id;
    return found !== undefined;
  });
  return found ?? '';
}

/** Passes that have ended since. */
const endedSince = (from: number) => agent.log.slice(from).split('"pass ended"').length - 1;

async function opened(version: string, container: string): Promise<void> {
  assert.equal(agent.file('trying'), undefined);
  assert.deepEqual(
    agent.ends.filter(end => end !== '75'),
    [],
  );
  assert.equal(await runInContainer(onEngine.engine, container, ['/bin/touch', `/go-${version}`]), 0);
}

const stays = (version: string) => async () => {
  const status = await agent.status();
  return status?.agent.version === version && status.agent.update === undefined;
};

async function untouched(container: string, before: string): Promise<void> {
  const { State } = await onEngine.inspect(container);
  assert.equal(State.Status, 'running');
  assert.equal(State.StartedAt, before, 'the update has restarted the app');
}

test('one that lies ready is put on trial once the release that came with the word for it is healthy', async () => {
  await agent.want(agent.make('8.0.0'), await deviceWith({ paused: true }));
  await agent.until('it is staged', async () => (await agent.status())?.agent.update?.phase === 'staged');
  await agent.fleet.commit(await gatedRelease('1.0.0'));
  agent.server.hint();
  const container = await gated('1.0.0');
  const from = agent.log.length;
  // Long enough for what would not wait: the agent has more hints, and nobody to wait for but the service.
  for (let hints = 0; hints < 20; hints += 1) {
    agent.server.hint();
    const { State } = await onEngine.inspect(container);
    assert.notEqual(State.Health?.Status, 'healthy');
    assert.equal(await runInContainer(onEngine.engine, container, ['/bin/sleep', '0.2']), 0);
  }
  assert.equal(endedSince(from), 0, 'the pass goes on');
  const { StartedAt = '' } = (await onEngine.inspect(container)).State;
  await opened('1.0.0', container);
  await agent.until('the trial', () => agent.log.slice(from).includes('is put on trial'));
  const { State } = await onEngine.inspect(container);
  assert.equal(State.Health?.Status, 'healthy');
  await agent.until('8.0.0 to stay', stays('8.0.0'));
  await untouched(container, StartedAt);
  assert.deepEqual(agent.ends, ['75']);
});

test('one that is brought while a release is applied waits for its end', async () => {
  const before = (await onEngine.containers()).map(({ Id }) => Id);
  const made = agent.make('8.1.0');
  const [part] = agent.fleet.partsOf(made);
  const bytes = part?.[1].length ?? 0;
  await agent.want(made, await deviceWith({ images: { maxRate: `${Math.ceil(bytes / 60)}B` } }));
  await agent.until('it is being brought', () => existsSync(path.join(agent.versions, '.parts')));
  await agent.fleet.commit(await gatedRelease('2.0.0'));
  agent.server.hint();
  const container = await gated('2.0.0', before);
  assert.ok(
    !agent.file('update.json')?.includes('"staged"'),
    'it came before the release began: too fast a line',
  );
  const from = agent.log.length;
  await agent.until('it is staged', () => agent.log.slice(from).includes('version of the agent is staged'));
  assert.equal(endedSince(from), 0, 'the pass goes on');
  const { StartedAt = '' } = (await onEngine.inspect(container)).State;
  await opened('2.0.0', container);
  await agent.until('8.1.0 to stay', stays('8.1.0'));
  await untouched(container, StartedAt);
  const log = agent.log.slice(from);
  assert.ok(log.indexOf('"pass ended"') < log.indexOf('is put on trial'));
  assert.deepEqual(agent.ends, ['75', '75']);
});
