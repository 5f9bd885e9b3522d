/** A real gateway, a device whose agent runs without an engine, and clones of people who open its tunnel. */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import type { Files } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import type { Gateway } from '../../../schemas/types.generated.ts';
import { gitEnvironment, type TestDevice, testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile, fleetFile, GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { git, type Ran, run, towline, towlineProcess } from '../towline.ts';

/** A person's clone, their key, and what they type. */
export class Desk {
  readonly directory: string;
  readonly key: SshKey;
  readonly environment: Readonly<Record<string, string>>;

  constructor(directory: string, key: SshKey, more: readonly string[]) {
    this.directory = directory;
    this.key = key;
    const options = ['-o StrictHostKeyChecking=no', '-o UserKnownHostsFile=/dev/null', '-o LogLevel=ERROR'];
    this.environment = {
      HOME: path.dirname(directory),
      GIT_SSH_COMMAND: `ssh -F none ${[...options, ...more].join(' ')} -o IdentitiesOnly=yes -i ${key.file}`,
    };
  }

  does(...args: readonly string[]): Promise<Ran> {
    return towline(args, this.environment, this.directory);
  }

  /** As a process of its own. */
  runs(...args: readonly string[]): Promise<Ran> {
    return towlineProcess(args, this.environment, this.directory);
  }

  async git(...args: readonly string[]): Promise<string> {
    const { code, output, errors } = await run('git', args, this.environment, this.directory);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${errors}`);
    return output.trimEnd();
  }
}

async function listenMore(config: string, more: object): Promise<void> {
  const file = parse(await readFile(config, 'utf8'));
  await writeFile(config, stringify({ ...file, listen: { ...file.listen, ...more } }));
}

export interface TunnelFleetOptions {
  /** Ids of devices; of the first one an agent runs. */
  readonly devices: readonly string[];
  /** More people than alice, who is root: each with a key. */
  readonly people?: readonly string[];
  /** More files of the fleet, once the keys of people, and the files of devices by id, are known. */
  readonly files?: (keys: ReadonlyMap<string, SshKey>, devices: ReadonlyMap<string, string>) => Files;
  /** More lines of fleet.yaml. */
  readonly fleet?: readonly string[];
  /** More of gateway.yaml, and of its entry in fleet.yaml. */
  readonly gateway?: {
    readonly file: object;
    readonly entry: Partial<Gateway>;
    /** More of `listen`, once the folder of the gateway is known. */
    readonly listen?: (folder: string) => object;
  };
}

export class TunnelFleet implements AsyncDisposable {
  readonly fleet: TestFleet;
  readonly gateway: GatewayProgram;
  readonly devices: readonly TestDevice[];
  readonly keys: ReadonlyMap<string, SshKey>;
  readonly #entry: Gateway;
  readonly #folder: string;
  readonly #cleanUp: AsyncDisposableStack;

  static async start({
    devices: ids,
    people = [],
    files,
    fleet: lines = [],
    gateway: more,
  }: TunnelFleetOptions) {
    await using cleanUp = new AsyncDisposableStack();
    const devices = ids.map(id => testDevice(id));
    const fleet = cleanUp.use(await TestFleet.make(devices));
    const keys = new Map([['alice', fleet.operator]]);
    for (const name of people) {
      const key = await makeSshKey();
      cleanUp.defer(() => key.remove());
      keys.set(name, key);
    }
    const { stdout } = await fleet.init('--json');
    if (more !== undefined) await appendFile(fleet.config, stringify(more.file));
    if (more?.listen !== undefined) await listenMore(fleet.config, more.listen(fleet.folder));
    const gateway = cleanUp.use(await GatewayProgram.start(fleet.config));
    const { gateway: said } = JSON.parse(stdout) as { gateway: Gateway };
    const entry = { ...said, address: `127.0.0.1:${gateway.devices}`, ...more?.entry };
    const whole = [...fleetFile.split('\n').slice(0, 2), stringify({ gateways: [entry] }), ...lines];
    await fleet.repository.commit({
      signer: fleet.operator,
      files: {
        'fleet.yaml': `${whole.join('\n')}\n`,
        ...files?.(keys, new Map(devices.map(each => [each.id, deviceFile(each)]))),
      },
    });
    const pushed = await fleet.push(gateway);
    if (pushed.code !== 0) throw new Error(pushed.stderr);
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-desk-'));
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    return new TunnelFleet({ fleet, gateway, devices, keys, entry, folder }, cleanUp.move());
  }

  private constructor(
    parts: Pick<TunnelFleet, 'fleet' | 'gateway' | 'devices' | 'keys'> & {
      readonly entry: Gateway;
      readonly folder: string;
    },
    cleanUp: AsyncDisposableStack,
  ) {
    this.fleet = parts.fleet;
    this.gateway = parts.gateway;
    this.devices = parts.devices;
    this.keys = parts.keys;
    this.#entry = parts.entry;
    this.#folder = parts.folder;
    this.#cleanUp = cleanUp;
  }

  url(repository: 'fleet' | 'telemetry'): string {
    return `ssh://towline@127.0.0.1:${this.gateway.people}/${repository}.git`;
  }

  /** A clone of this person's, as many as are asked for. @param more options of their ssh */
  async desk(name: string, more: readonly string[] = []): Promise<Desk> {
    const key = this.keys.get(name);
    if (key === undefined) throw new Error(`nobody is called ${name}`);
    const home = await mkdtemp(path.join(this.#folder, `${name}-`));
    const desk = new Desk(path.join(home, 'fleet'), key, more);
    const cloned = await run(
      'git',
      ['clone', '-q', this.url('fleet'), desk.directory],
      desk.environment,
      home,
    );
    if (cloned.code !== 0) throw new Error(cloned.errors);
    for (const [setting, value] of [
      ['towline.anchor', this.fleet.anchor],
      ['towline.telemetry', this.url('telemetry')],
      ['gpg.format', 'ssh'],
      ['user.signingkey', key.file],
      ['user.name', name],
      ['user.email', `${name}@example.com`],
    ] as const)
      await git(desk.directory, 'config', setting, value);
    return desk;
  }

  /** Starts the agent of a device, without an engine where `settings` of its agent.yaml name none. */
  async agent(id: string, settings: object = {}) {
    const device = this.devices.find(each => each.id === id);
    if (device === undefined) throw new Error(`there is no device ${id}`);
    const folder = path.join(this.#folder, id);
    const stateDirectory = path.join(folder, 'state');
    await mkdir(folder);
    await writeDeviceKeys(path.join(stateDirectory, 'keys'), device.keys);
    const config = path.join(folder, 'agent.yaml');
    const { anchor } = this.fleet;
    await writeFile(
      config,
      stringify({
        ...{ apiVersion: 'towline/v1', fleet: 'acme', device: id, anchor, stateDirectory },
        ...{ gateways: [this.#entry], engineSocket: path.join(folder, 'no-engine'), ...settings },
      }),
    );
    const agent = runAgent(['--config', config]);
    this.#cleanUp.defer(async () => {
      agent.child.kill('SIGKILL');
      await agent.ended;
    });
    return agent;
  }

  /** A file as main of the gateway has it. */
  async atMain(file: string): Promise<string> {
    const { stdout } = await this.#gatewayGit('show', `refs/heads/main:${file}`);
    return stdout;
  }

  async #gatewayGit(...args: readonly string[]): Promise<{ stdout: string }> {
    const directory = path.join(this.fleet.folder, 'state', 'fleet.git');
    const { output, errors, code } = await run('git', ['--git-dir', directory, ...args], gitEnvironment, '/');
    if (code !== 0) throw new Error(errors);
    return { stdout: output };
  }

  log(...args: readonly string[]): Promise<string> {
    return this.#gatewayGit('log', ...args).then(({ stdout }) => stdout.trimEnd());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
