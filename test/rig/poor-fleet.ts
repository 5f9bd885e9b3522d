/** A gateway and devices whose engines are dead, silent or poor: what a person sees of them, and how soon. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { writeDeviceKeys } from '../../core/io/device-keys.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { runAgent } from '../../lab/rig/agent-run.ts';
import { webRelease } from '../../lab/rig/web-release.ts';
import type { Gateway, StatusFile } from '../../schemas/types.generated.ts';
import { runGit, type TestDevice, testDevice } from '../gateway/rig/gateway.ts';
import { deviceFile, fleetFile, GatewayProgram, TestFleet } from '../gateway/rig/program.ts';
import type { PoorEngine } from './poor-engine.ts';

const image = (name: string) => ({
  repository: `registry.invalid/${name}`,
  digest: `sha256:${'0'.repeat(64)}`,
});
const app = webRelease('1.0', { web: image('web'), worker: image('worker') } as never, {});
const header = { apiVersion: 'towline/v1' };

/** A device, and its engine: one that was never started is not there. */
export interface PoorDevice {
  readonly engine: PoorEngine;
  readonly agent: ReturnType<typeof runAgent>;
}

export class PoorFleet implements AsyncDisposable {
  readonly devices = new Map<string, PoorDevice>();
  readonly fleet: TestFleet;
  readonly gateway: GatewayProgram;
  readonly #hello = createServer(socket => socket.end('hello\n'));
  readonly #cleanUp: AsyncDisposableStack;

  /** @param poll cron expression of the fleet's poll */
  static async start(
    engines: Readonly<Record<string, PoorEngine>>,
    absent: readonly string[],
    poll: string,
  ): Promise<PoorFleet> {
    await using cleanUp = new AsyncDisposableStack();
    const devices = Object.keys(engines).map(name => testDevice(name));
    const fleet = cleanUp.use(await TestFleet.make(devices));
    await fleet.repository.commit({
      signer: fleet.operator,
      files: {
        ...app,
        'fleet.yaml': `${fleetFile}poll: { schedule: "${poll}", jitter: 0s }\n`,
        'groups/poor.yaml': stringify({ ...header, apps: { web: { release: '1.0' } } }),
        ...Object.fromEntries(
          devices.map(each => [`devices/${each.id}.yaml`, deviceFile(each, ['groups: [poor]'])]),
        ),
      },
    });
    const { stdout } = await fleet.init('--json');
    const gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
    const self = new PoorFleet(fleet, gateway, cleanUp.move());
    await new Promise<void>(resolve => self.#hello.listen(0, '127.0.0.1', resolve));
    const { gateway: said } = JSON.parse(stdout) as { gateway: Gateway };
    for (const device of devices) {
      const engine = engines[device.id] as PoorEngine;
      if (!absent.includes(device.id)) self.#cleanUp.use(await engine.start());
      await self.#start(device, engine, { ...said, address: `127.0.0.1:${gateway.devices}` });
    }
    return self;
  }

  private constructor(fleet: TestFleet, gateway: GatewayProgram, cleanUp: AsyncDisposableStack) {
    this.fleet = fleet;
    this.gateway = gateway;
    this.#cleanUp = cleanUp;
    cleanUp.defer(() => void this.#hello.close());
  }

  async #start(device: TestDevice, engine: PoorEngine, known: Gateway): Promise<void> {
    const folder = path.join(this.fleet.folder, device.id);
    const stateDirectory = path.join(folder, 'state');
    await mkdir(folder);
    await writeDeviceKeys(path.join(stateDirectory, 'keys'), device.keys);
    const file = { ...header, fleet: 'acme', device: device.id, anchor: this.fleet.anchor };
    const ours = { ...file, gateways: [known], stateDirectory, engineSocket: engine.socket };
    await writeFile(this.#config(device.id), stringify(ours));
    const agent = runAgent(['--config', this.#config(device.id)]);
    this.#cleanUp.defer(async () => {
      agent.child.kill('SIGKILL');
      await agent.ended;
    });
    this.devices.set(device.id, { engine, agent });
  }

  #config(device: string): string {
    return path.join(this.fleet.folder, device, 'agent.yaml');
  }

  /** Every device hears of main. */
  async hintStreams(): Promise<boolean> {
    const said = await (await fetch(`http://127.0.0.1:${this.gateway.internal}/metrics`)).text();
    return said.includes(`towline_gateway_hint_streams ${this.devices.size}\n`);
  }

  status(device: string): StatusFile | undefined {
    const of = `${telemetryRef(device)}:status.yaml`;
    const { stdout } = runGit(['--git-dir', this.fleet.telemetryGit, 'show', of]);
    return stdout === '' ? undefined : (parse(stdout) as StatusFile);
  }

  /** Nobody knows how the apps are, and why stands there. */
  isTrueWithoutEngine(device: string): boolean {
    const said = this.status(device);
    const ready = said?.conditions.find(({ type }) => type === 'Ready');
    const engine = said?.conditions.find(({ type }) => type === 'EngineAnswers');
    return (
      said?.outcome === 'failed' &&
      [ready, engine].every(one => one?.status === false && one.reason === 'ENGINE_UNREACHABLE') &&
      said.projects.map(({ app: name, state }) => `${name} ${state}`).join() === 'web unknown'
    );
  }

  /** A person comes in by the gateway. */
  async reached(device: string): Promise<boolean> {
    const { port } = this.#hello.address() as AddressInfo;
    const known = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
    const options = ['BatchMode=yes', 'ConnectTimeout=10', ...known].map(option => `-o${option}`);
    const to = ['-p', String(this.gateway.people), '-W', `${device}:${port}`, 'git@127.0.0.1'];
    const child = spawn('ssh', ['-F', 'none', '-i', this.fleet.operator.file, ...options, ...to], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', chunk => (said += chunk));
    await new Promise(resolve => child.on('close', resolve));
    return said === 'hello\n';
  }

  async push(files: Readonly<Record<string, string | null>>): Promise<void> {
    await this.fleet.repository.commit({ signer: this.fleet.operator, files });
    const { code, stderr } = await this.fleet.push(this.gateway);
    if (code !== 0) throw new Error(stderr);
  }

  /**
   * A commit opens or closes the tunnel of all devices.
   * @returns each device, and the milliseconds from the push until its status says so and a person sees it
   */
  async turn(tunnel: 'open' | 'closed', withinMs: number): Promise<Map<string, number>> {
    const { port } = this.#hello.address() as AddressInfo;
    const targets = [{ name: 'hello', host: '127.0.0.1', port }];
    const open = { state: 'open', reason: 'the engine is dead' };
    const group = {
      ...header,
      apps: { web: { release: '1.0' } },
      tunnel: tunnel === 'open' ? open : tunnel,
      access: { targets },
    };
    await this.push({ 'groups/poor.yaml': stringify(group) });
    const startMs = performance.now();
    const followed = async (device: string): Promise<[string, number]> => {
      while (this.status(device)?.tunnel.state !== tunnel) {
        if (performance.now() - startMs > withinMs) throw new Error(`${device}: ${this.#words(device)}`);
        await delay(500);
      }
      const followedMs = performance.now() - startMs;
      const seen = await this.reached(device);
      if (seen !== (tunnel === 'open')) throw new Error(`${device}: reached: ${seen}`);
      return [device, followedMs];
    };
    return new Map(await Promise.all([...this.devices.keys()].map(followed)));
  }

  #words(device: string): string {
    return `${JSON.stringify(this.status(device))}\n${this.devices.get(device)?.agent.log()}`;
  }

  async until(device: string, holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
    const startMs = performance.now();
    while (!(await holds())) {
      if (performance.now() - startMs > withinMs) throw new Error(`${device}: ${this.#words(device)}`);
      await delay(500);
    }
  }

  /** `towline agent now` at the device. */
  async now(device: string, ...more: string[]): Promise<{ code: number | null; said: string }> {
    const { code, stdout, stderr } = await runAgent(['now', '--config', this.#config(device), ...more]).ended;
    return { code, said: stdout + stderr };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
