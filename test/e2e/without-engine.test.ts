/** A device whose engine is dead, or says nothing: its tunnel follows main all the same, and its status is true. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { writeDeviceKeys } from '../../core/io/device-keys.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { runAgent } from '../../lab/rig/agent-run.ts';
import { webRelease } from '../../lab/rig/web-release.ts';
import type { Gateway, StatusFile } from '../../schemas/types.generated.ts';
import { runGit, type TestDevice, testDevice } from '../gateway/rig/gateway.ts';
import { deviceFile, GatewayProgram, TestFleet } from '../gateway/rig/program.ts';
import { PoorEngine } from '../rig/poor-engine.ts';

/**
 * A commit is followed by then, also on a busy machine: one that comes while the hint stream begins anew waits for the poll
 * of the minute. A silent engine is waited for twice as long, and longer.
 */
const followedWithinMs = 90_000;

const image = (name: string) => ({
  repository: `registry.invalid/${name}`,
  digest: `sha256:${'0'.repeat(64)}`,
});
const app = webRelease('1.0', { web: image('web'), worker: image('worker') } as never, {});

interface Poor {
  readonly device: TestDevice;
  readonly engine: PoorEngine;
  readonly agent: ReturnType<typeof runAgent>;
}

describe('a device without an engine', { timeout: 600_000 }, () => {
  const cleanUp = new AsyncDisposableStack();
  const ways: Record<string, { before: PoorEngine; later?: (engine: PoorEngine) => void }> = {
    absent: { before: new PoorEngine() },
    silent: { before: new PoorEngine(() => false) },
    'silent-but-its-version': { before: new PoorEngine(question => question === 'GET /version') },
    'silent-in-a-pull': { before: new PoorEngine(question => question !== 'POST /images/create') },
    'dies-with-the-tunnel-open': { before: new PoorEngine(), later: engine => engine.die() },
    'hangs-with-the-tunnel-open': {
      before: new PoorEngine(),
      later: engine => {
        engine.answering = () => false;
      },
    },
  };
  const poor = new Map<string, Poor>();
  const hello = createServer(socket => socket.end('hello\n'));
  let fleet: TestFleet;
  let gateway: GatewayProgram;

  before(async () => {
    const devices = Object.keys(ways).map(name => testDevice(name));
    fleet = cleanUp.use(await TestFleet.make(devices));
    await fleet.repository.commit({
      signer: fleet.operator,
      files: {
        ...app,
        'groups/poor.yaml': stringify({ apiVersion: 'towline/v1', apps: { web: { release: '1.0' } } }),
        ...Object.fromEntries(
          devices.map(each => [`devices/${each.id}.yaml`, deviceFile(each, ['groups: [poor]'])]),
        ),
      },
    });
    const { stdout } = await fleet.init('--json');
    gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
    await new Promise<void>(resolve => hello.listen(0, '127.0.0.1', resolve));
    cleanUp.defer(() => void hello.close());
    const { gateway: said } = JSON.parse(stdout) as { gateway: Gateway };
    for (const device of devices) await start(device, { ...said, address: `127.0.0.1:${gateway.devices}` });
  });
  after(() => cleanUp.disposeAsync());

  async function start(device: TestDevice, known: Gateway): Promise<void> {
    const engine = ways[device.id]?.before;
    assert.ok(engine);
    if (device.id !== 'absent') cleanUp.use(await engine.start());
    const folder = path.join(fleet.folder, device.id);
    const stateDirectory = path.join(folder, 'state');
    await mkdir(folder);
    await writeDeviceKeys(path.join(stateDirectory, 'keys'), device.keys);
    const config = path.join(folder, 'agent.yaml');
    const file = { apiVersion: 'towline/v1', fleet: 'acme', device: device.id, anchor: fleet.anchor };
    await writeFile(
      config,
      stringify({ ...file, gateways: [known], stateDirectory, engineSocket: engine.socket }),
    );
    const agent = runAgent(['--config', config]);
    cleanUp.defer(async () => {
      agent.child.kill('SIGKILL');
      await agent.ended;
    });
    poor.set(device.id, { device, engine, agent });
  }

  function status(device: string): StatusFile | undefined {
    const { stdout } = runGit([
      '--git-dir',
      fleet.telemetryGit,
      'show',
      `${telemetryRef(device)}:status.yaml`,
    ]);
    return stdout === '' ? undefined : (parse(stdout) as StatusFile);
  }

  /** @returns milliseconds */
  async function until(device: string, holds: () => boolean | Promise<boolean>, ms: number): Promise<number> {
    const start = performance.now();
    while (!(await holds())) {
      if (performance.now() - start > ms) {
        assert.fail(`${device}: ${JSON.stringify(status(device))}\n${poor.get(device)?.agent.log()}`);
      }
      await delay(200);
    }
    return performance.now() - start;
  }

  /** A person comes in by the gateway. */
  async function reached(device: string): Promise<boolean> {
    const { port } = hello.address() as AddressInfo;
    const known = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
    const options = ['BatchMode=yes', 'ConnectTimeout=10', ...known].map(option => `-o${option}`);
    const to = ['-p', String(gateway.people), '-W', `${device}:${port}`, 'git@127.0.0.1'];
    const child = spawn('ssh', ['-F', 'none', '-i', fleet.operator.file, ...options, ...to], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', chunk => (said += chunk));
    await new Promise(resolve => child.on('close', resolve));
    return said === 'hello\n';
  }

  async function commit(tunnel: unknown): Promise<void> {
    const group = { apiVersion: 'towline/v1', apps: { web: { release: '1.0' } }, tunnel };
    await fleet.repository.commit({
      signer: fleet.operator,
      files: { 'groups/poor.yaml': stringify(group) },
    });
    assert.equal((await fleet.push(gateway)).code, 0);
  }

  /** `towline agent now` at the device. */
  async function now(device: string, ...more: string[]): Promise<{ code: number | null; said: string }> {
    const config = path.join(fleet.folder, device, 'agent.yaml');
    const { code, stdout, stderr } = await runAgent(['now', '--config', config, ...more]).ended;
    return { code, said: stdout + stderr };
  }

  const open = () => ({
    state: 'open',
    reason: 'the engine is dead',
    targets: [{ name: 'hello', host: '127.0.0.1', port: (hello.address() as AddressInfo).port }],
  });

  /** Nobody knows how the apps are. */
  function isTrue(said: StatusFile | undefined): boolean {
    const ready = said?.conditions.find(({ type }) => type === 'Ready');
    const engine = said?.conditions.find(({ type }) => type === 'EngineAnswers');
    return (
      said?.outcome === 'failed' &&
      [ready, engine].every(one => one?.status === false && one.reason === 'ENGINE_UNREACHABLE') &&
      said.projects.map(({ app, state }) => `${app} ${state}`).join() === 'web unknown'
    );
  }

  test('opens its tunnel soon after the commit, and says so', async () => {
    for (const name of poor.keys()) await until(name, () => poor.get(name)?.agent.log() !== '', 60_000);
    // The passes of the start are under way, or wait for their engines; each device hears of main.
    const streams = async () =>
      (await (await fetch(`http://127.0.0.1:${gateway.internal}/metrics`)).text()).includes(
        `towline_gateway_hint_streams ${poor.size}\n`,
      );
    await until('all', streams, 120_000);
    await commit(open());
    for (const name of poor.keys()) {
      await until(name, () => status(name)?.tunnel.state === 'open', followedWithinMs);
      assert.ok(await reached(name), name);
    }
  });

  test('says that nobody knows how its apps are, while it does not answer', async () => {
    for (const [name, { later }] of Object.entries(ways)) later?.(poor.get(name)?.engine as PoorEngine);
    for (const name of poor.keys()) {
      if (name !== 'silent-in-a-pull') await until(name, () => isTrue(status(name)), 150_000);
    }
  });

  test('closes its tunnel soon after the commit, and says so', async () => {
    for (const name of poor.keys()) assert.ok(await reached(name), name);
    await commit('closed');
    for (const name of poor.keys()) {
      await until(name, () => status(name)?.tunnel.state === 'closed', followedWithinMs);
      assert.ok(!(await reached(name)), name);
    }
  });

  test('`agent now` says what happened, with an exit code: engine dead, device refused, gateway down', async () => {
    const dead = await now('absent');
    assert.deepEqual([dead.code, dead.said.includes('ENGINE_UNREACHABLE')], [5, true], dead.said);
    assert.equal(JSON.parse((await now('absent', '--json')).said).errors[0].code, 'ENGINE_UNREACHABLE');
    const own = 'devices/absent.yaml';
    await fleet.repository.commit({ signer: fleet.operator, files: { [own]: null } });
    assert.equal((await fleet.push(gateway)).code, 0);
    await until('absent', async () => (await now('absent')).said.includes('AGENT_REFUSED'), followedWithinMs);
    const refused = await now('absent');
    assert.match(refused.said, /does not admit this device/);
    assert.equal(refused.code, 6);
  });

  test('says how its apps are again when it answers', async () => {
    const { engine } = poor.get('hangs-with-the-tunnel-open') as Poor;
    engine.answering = () => true;
    await now('hangs-with-the-tunnel-open');
    const known = () =>
      status('hangs-with-the-tunnel-open')?.projects.every(({ state }) => state !== 'unknown');
    await until('hangs-with-the-tunnel-open', () => known() === true, 150_000);
    gateway.signal('SIGKILL');
    await gateway.ended();
    const away = await now('absent');
    assert.match(away.said, /could not be asked \(AGENT_GATEWAY_UNREACHABLE/);
    assert.equal(away.code, 6);
  });
});
