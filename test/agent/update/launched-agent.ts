/** An agent in a loop of its launcher, as a service manager starts it, with what it needs around it: a fleet, a gateway of sorts, an engine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import {
  type FleetRepository,
  makeFleetRepository,
  makeRepository,
} from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { architectures, targets } from '../../../scripts/package/architecture.ts';
import { type MadeParts, makeParts, type PartsOptions } from '../../../scripts/package/parts.ts';
import { bundled } from '../../deploy/bundled.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const here = architectures.find(each => targets[each].node === process.arch) ?? 'amd64';
export const platform = targets[here].platform;

/** What all of a file's tests share: the bundle, from which versions are made. */
let dist: Promise<string> | undefined;

export interface LaunchedOptions {
  /** Instead of `sh`. */
  readonly shell?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

export class LaunchedAgent implements AsyncDisposable {
  readonly folder: string;
  readonly device: string;
  readonly server: GitServer;
  readonly fleet: FleetRepository;
  readonly #telemetry: FleetRepository;
  readonly #signer: GpgKey;
  readonly #cleanUp: AsyncDisposableStack;
  readonly #options: LaunchedOptions;
  readonly #dist: string;
  #child: ChildProcess | undefined;
  #loop: Promise<void> | undefined;
  #isStopping = false;
  #log = '';
  /** As systemd has it, of each end: exit code or signal. */
  readonly ends: string[] = [];

  private constructor(
    fields: {
      readonly folder: string;
      readonly device: string;
      readonly server: GitServer;
      readonly fleet: FleetRepository;
      readonly telemetry: FleetRepository;
      readonly signer: GpgKey;
      readonly dist: string;
    },
    options: LaunchedOptions,
    cleanUp: AsyncDisposableStack,
  ) {
    this.folder = fields.folder;
    this.device = fields.device;
    this.server = fields.server;
    this.fleet = fields.fleet;
    this.#telemetry = fields.telemetry;
    this.#signer = fields.signer;
    this.#dist = fields.dist;
    this.#options = options;
    this.#cleanUp = cleanUp;
  }

  static async prepare(options: LaunchedOptions = {}): Promise<LaunchedAgent> {
    const cleanUp = new AsyncDisposableStack();
    const engine = await ensureEngine();
    cleanUp.defer(() => engine.stop());
    dist ??= bundled(mkdtempSync(path.join(tmpdir(), 'towline-dist-')));
    const folder = mkdtempSync(path.join(tmpdir(), 'towline-launched-'));
    cleanUp.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const device = `pump-${process.pid}-${Date.now() % 100_000}`;
    const keys = makeDeviceKeys(device);
    await writeDeviceKeys(path.join(folder, 'state/keys'), keys);
    const signer = await makeGpgKey({ name: 'root' });
    cleanUp.defer(() => signer.remove());
    const telemetry = await makeRepository();
    cleanUp.defer(() => telemetry.remove());
    const gateways = [{ address: '127.0.0.1:1', tlsPins: [`sha256:${'A'.repeat(43)}=`] }];
    const { repository: fleet, anchor } = await makeFleetRepository({
      signer,
      files: {
        'fleet.yaml': stringify({ apiVersion: 'towline/v1', name: 'acme', gateways }),
        [`devices/${device}.yaml`]: stringify({
          apiVersion: 'towline/v1',
          keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys) },
        }),
      },
    });
    cleanUp.defer(() => fleet.remove());
    const server = await startGitServer({ fleet: fleet.path, telemetry: telemetry.path });
    cleanUp.defer(() => server.close());
    const agentFile = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device, anchor, gateways: [server.gateway] },
      ...{ stateDirectory: path.join(folder, 'state'), engineSocket: engine.socket, logLevel: 'debug' },
    };
    writeFileSync(path.join(folder, 'agent.yaml'), stringify(agentFile));
    const made = { folder, device, server, fleet, telemetry, signer, dist: await dist };
    const agent = new LaunchedAgent(made, options, cleanUp);
    await agent.#installPackage();
    return agent;
  }

  /** Slot 0: what a package puts there, with the Node that runs the tests. */
  async #installPackage(): Promise<void> {
    const { packageFolder } = this;
    mkdirSync(packageFolder);
    for (const name of ['agent.js', 'openpgp.mjs', 'package.json', 'towline.js'])
      if (existsSync(path.join(this.#dist, name)))
        cpSync(path.join(this.#dist, name), path.join(packageFolder, name));
    copyFileSync(path.join(root, 'deploy/launch'), path.join(packageFolder, 'launch'));
    chmodSync(path.join(packageFolder, 'launch'), 0o755);
    symlinkSync(process.execPath, path.join(packageFolder, 'node'));
  }

  get packageFolder(): string {
    return path.join(this.folder, 'package');
  }

  get state(): string {
    return path.join(this.folder, 'state');
  }

  get versions(): string {
    return path.join(this.state, 'versions');
  }

  get current(): string {
    try {
      return readlinkSync(path.join(this.versions, 'current'));
    } catch {
      return '0';
    }
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @returns undefined where there is no such file */
  file(name: string): string | undefined {
    const file = path.join(this.versions, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** A version as parts; the gateway has them, unless `unserved`. */
  make(version: string, change: Partial<PartsOptions> = {}, unserved = false): MadeParts {
    const folder = path.join(this.folder, 'made', version);
    const options = {
      dist: this.#dist,
      folder,
      version,
      architectures: [here],
      node: false,
      helper: false,
    } as const;
    const made = makeParts({ ...options, ...change });
    if (!unserved) this.serve(made);
    return made;
  }

  serve({ platforms, file }: MadeParts): void {
    for (const { sha256 } of platforms[platform]?.parts ?? [])
      this.server.files.set(
        `/agents/sha256/${sha256}`,
        readFileSync(path.join(path.dirname(file), 'parts', sha256)),
      );
  }

  /** Root lists it, and the fleet wants it. */
  async want({ version, file }: MadeParts, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const fleetFile = parse(await this.fleet.git(['show', 'main:fleet.yaml']));
    const policy = parse(await this.fleet.git(['show', 'main:trust/policy.yaml']));
    const commit = await this.fleet.commit({
      signer: this.#signer,
      message: `Agent ${version}`,
      files: {
        [`trust/agents/${version}.yaml`]: readFileSync(file, 'utf8'),
        'trust/policy.yaml': stringify({ ...policy, version: policy.version + 1 }),
        'fleet.yaml': stringify({ ...fleetFile, agent: { version } }),
        ...more,
      },
    });
    this.server.hint();
    return commit;
  }

  commit(files: Readonly<Record<string, string>>): Promise<string> {
    return this.fleet.commit({ signer: this.#signer, files });
  }

  /** The newest status that was pushed. */
  async status(): Promise<StatusFile | undefined> {
    const text = await this.#telemetry
      .git(['show', `${telemetryRef(this.device)}:status.yaml`])
      .catch(() => undefined);
    return text === undefined ? undefined : parse(text);
  }

  /** Starts the loop: what ends is started again, as the unit has it. */
  start(): void {
    this.#isStopping = false;
    this.#loop = this.#run();
  }

  #launcher(verb: string): [string, string[]] {
    const [shell = 'sh', ...words] = this.#options.shell ?? ['sh'];
    const config = path.join(this.folder, 'agent.yaml');
    return [shell, [...words, path.join(this.packageFolder, 'launch'), verb, '--config', config]];
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const [command, words] = this.#launcher('agent');
      const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
      const child = spawn(command, words, {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...environment, ...this.#options.environment },
      });
      this.#child = child;
      child.stderr.on('data', (chunk: Buffer) => {
        this.#log += chunk;
      });
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
        child.once('exit', (...end) => resolve(end)),
      );
      this.ends.push(String(signal ?? code));
      this.stopped(code === 0 || code === 75 || signal === 'SIGTERM' ? 'success' : 'exit-code');
      await sleep(100);
    }
  }

  /** ExecStopPost of the unit. */
  stopped(result: string): void {
    const [command, words] = this.#launcher('stopped');
    spawnSync(command, words, { env: { ...process.env, SERVICE_RESULT: result } });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#isStopping = true;
    this.signal(signal);
    await this.#loop;
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`${what} does not come about\n${this.#log.slice(-6000)}`);
      await sleep(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
    await this.#cleanUp.disposeAsync();
  }
}
