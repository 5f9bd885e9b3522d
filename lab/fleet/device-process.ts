/** A device of the story: an agent with a state folder of its own, and an sshd that its tunnel leads to. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { type Sshd, startSshd } from '../rig/sshd.ts';
import { Program } from './program.ts';
import type { Workspace } from './workspace.ts';

export interface DeviceOptions {
  readonly id: string;
  readonly engineSocket: string;
  readonly workspace: Workspace;
  /** Port of this machine on which its app answers. */
  readonly httpPort: number;
  /** Path of the agent's program from the root. */
  readonly program: string;
  readonly nodeOptions?: readonly string[] | undefined;
  /** Besides the workspace's. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export class DeviceProcess {
  readonly id: string;
  readonly folder: string;
  readonly program: Program;
  readonly sshd: Sshd;
  /** Project names on the engine begin with it. */
  readonly prefix: string;
  readonly engineSocket: string;
  readonly httpPort: number;

  private constructor(options: DeviceOptions, sshd: Sshd) {
    this.id = options.id;
    this.sshd = sshd;
    this.engineSocket = options.engineSocket;
    this.httpPort = options.httpPort;
    this.prefix = `${options.id}-`;
    this.folder = options.workspace.makeFolder('devices', options.id);
    this.program = new Program({
      entry: options.program,
      arguments: ['--config', this.config],
      log: path.join(this.folder, 'log'),
      environment: { ...options.workspace.environment, ...options.environment },
      nodeOptions: options.nodeOptions ?? [],
    });
  }

  static async prepare(options: DeviceOptions): Promise<DeviceProcess> {
    return new DeviceProcess(options, await startSshd());
  }

  /** `towline device add` writes it beside the keys. */
  get config(): string {
    return path.join(this.state, 'agent.yaml');
  }

  get state(): string {
    return path.join(this.folder, 'state');
  }

  /** Puts settings of this machine into agent.yaml. */
  configure(settings: Readonly<Record<string, unknown>> = {}): void {
    const file = {
      ...parse(readFileSync(this.config, 'utf8')),
      stateDirectory: this.state,
      engineSocket: this.engineSocket,
      projectPrefix: this.prefix,
      logLevel: 'debug',
      ...settings,
    };
    writeFileSync(this.config, stringify(file));
  }

  /** One pass, `--once`. @returns the exit status. */
  async pass(timeoutMs?: number): Promise<number | null> {
    this.program.start(['--once']);
    return this.program.ended(timeoutMs);
  }

  /** Ends its agent and its sshd, and forgets everything it had. */
  async remove(): Promise<void> {
    await this.program.stop();
    await this.sshd.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
