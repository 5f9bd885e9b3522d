/** An agent in a loop of its launcher, as a service manager starts it, with what it needs around it: a fleet, a gateway of sorts, an engine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ensureEngine } from '../../../lab/machine/engine.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { MadeParts, PartsOptions } from '../../../scripts/package/parts.ts';
import { AgentFleet } from './agent-fleet.ts';

const launch = path.resolve(import.meta.dirname, '../../../deploy/launch');

export class LaunchedAgent implements AsyncDisposable {
  readonly fleet: AgentFleet;
  readonly server: GitServer;
  readonly engineSocket: string;
  /** Of the launcher, from its next start on. */
  environment: NodeJS.ProcessEnv = {};
  /** Exit code or signal of each end. */
  readonly ends: string[] = [];
  readonly #cleanUp: AsyncDisposableStack;
  #child: ChildProcess | undefined;
  #loop: Promise<void> | undefined;
  #isStopping = false;
  #log = '';

  private constructor(
    { fleet, server, engineSocket }: Pick<LaunchedAgent, 'fleet' | 'server' | 'engineSocket'>,
    cleanUp: AsyncDisposableStack,
  ) {
    this.fleet = fleet;
    this.server = server;
    this.engineSocket = engineSocket;
    this.#cleanUp = cleanUp;
  }

  static async prepare(): Promise<LaunchedAgent> {
    const cleanUp = new AsyncDisposableStack();
    const engine = await ensureEngine();
    cleanUp.defer(() => engine.stop());
    const fleet = cleanUp.use(await AgentFleet.make());
    const server = await startGitServer({ fleet: fleet.fleet.path, telemetry: fleet.telemetry.path });
    cleanUp.defer(() => server.close());
    const agent = new LaunchedAgent({ fleet, server, engineSocket: engine.socket }, cleanUp);
    const { device, anchor } = fleet;
    const agentFile = {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device, anchor, gateways: [server.gateway] },
      ...{ stateDirectory: agent.state, engineSocket: engine.socket, logLevel: 'debug' },
      // Other tests have apps of these names on this engine.
      projectPrefix: `${device}-`,
    };
    writeFileSync(path.join(fleet.folder, 'agent.yaml'), stringify(agentFile));
    agent.#installPackage();
    return agent;
  }

  /** Slot 0: what a package puts there, with the Node that runs the tests. */
  #installPackage(): void {
    const { packageFolder } = this;
    const { dist } = this.fleet;
    mkdirSync(packageFolder);
    for (const name of readdirSync(dist))
      if (/^(agent|towline.*)\.js$|\.mjs$|^package\.json$/.test(name))
        copyFileSync(path.join(dist, name), path.join(packageFolder, name));
    copyFileSync(launch, path.join(packageFolder, 'launch'));
    chmodSync(path.join(packageFolder, 'launch'), 0o755);
    symlinkSync(process.execPath, path.join(packageFolder, 'node'));
  }

  get packageFolder(): string {
    return path.join(this.fleet.folder, 'package');
  }

  get state(): string {
    return path.join(this.fleet.folder, 'state');
  }

  get versions(): string {
    return path.join(this.state, 'versions');
  }

  get current(): string {
    const pointer = path.join(this.versions, 'current');
    return existsSync(pointer) ? readlinkSync(pointer) : '0';
  }

  get log(): string {
    return this.#log;
  }

  /** @returns undefined where there is no such file */
  file(name: string): string | undefined {
    const file = path.join(this.versions, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** A version that the gateway has. */
  make(version: string, change: Partial<PartsOptions> = {}): MadeParts {
    const made = this.fleet.make(version, change);
    for (const [sha256, bytes] of this.fleet.partsOf(made))
      this.server.files.set(`/agents/sha256/${sha256}`, bytes);
    return made;
  }

  async want(made: MadeParts, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const commit = await this.fleet.want(made, more);
    this.server.hint();
    return commit;
  }

  status(): Promise<StatusFile | undefined> {
    return this.fleet.status();
  }

  /** Starts the loop: what ends is started again, as the unit has it. */
  start(): void {
    this.#isStopping = false;
    this.#loop = this.#run();
  }

  #launcher(verb: string): string[] {
    return [
      path.join(this.packageFolder, 'launch'),
      verb,
      '--config',
      path.join(this.fleet.folder, 'agent.yaml'),
    ];
  }

  async #run(): Promise<void> {
    const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
    while (!this.#isStopping) {
      const env = { ...environment, ...this.environment };
      const child = spawn('sh', this.#launcher('agent'), { stdio: ['ignore', 'ignore', 'pipe'], env });
      this.#child = child;
      child.stderr.on('data', (chunk: Buffer) => {
        this.#log += chunk;
      });
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
        child.once('exit', (...end) => resolve(end)),
      );
      this.ends.push(String(signal ?? code));
      const isInOrder = code === 0 || code === 75 || signal === 'SIGTERM';
      // ExecStopPost of the unit.
      spawnSync('sh', this.#launcher('stopped'), {
        env: { ...process.env, SERVICE_RESULT: isInOrder ? 'success' : 'exit-code' },
      });
      await sleep(100);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#isStopping = true;
    this.signal(signal);
    await this.#loop;
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, seconds = 180): Promise<void> {
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
