/** `towline portal` as a person runs it, from a clone of a really signed fleet. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { git } from '../../gateway/rig/gateway.ts';
import { fleetFile } from '../../gateway/rig/program.ts';
import { PortalClient } from './portal-client.ts';

export class DeskPortal implements AsyncDisposable {
  readonly folder: string;
  readonly clone: string;
  readonly operator: SshKey;
  /** Where main is pushed to. */
  readonly repository: FleetRepository;
  /** Where devices report to. */
  readonly telemetry: string;
  readonly said: string[] = [];
  readonly complaints: string[] = [];
  #child: ChildProcess | undefined;

  static async make(files: Readonly<Record<string, string>> = {}): Promise<DeskPortal> {
    const operator = await makeSshKey();
    const { repository, anchor } = await makeFleetRepository({
      signer: operator,
      files: {
        'fleet.yaml': fleetFile,
        'operators/alice.yaml': `apiVersion: towline/v1\nsshKeys: ["${operator.publicKey}"]\ngit: { fleet: write }\n`,
        ...files,
      },
    });
    return new DeskPortal(operator, repository, anchor);
  }

  private constructor(operator: SshKey, repository: FleetRepository, anchor: string) {
    this.operator = operator;
    this.repository = repository;
    this.folder = mkdtempSync(join(tmpdir(), 'towline-desk-'));
    this.clone = join(this.folder, 'clone');
    this.telemetry = join(this.folder, 'telemetry.git');
    git(['clone', '-q', repository.path, this.clone]);
    git(['init', '-q', '--bare', '--object-format=sha1', this.telemetry]);
    git(['config', 'towline.anchor', anchor], { cwd: this.clone });
    git(['config', 'towline.telemetry', this.telemetry], { cwd: this.clone });
    git(['config', 'towline.operator', 'alice'], { cwd: this.clone });
  }

  /** @returns the address that it shows */
  async start(args: readonly string[] = ['--no-browser'], environment: NodeJS.ProcessEnv = {}): Promise<URL> {
    const child = spawn(join(commandFolder, 'towline'), ['portal', '--repo', this.clone, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', line => this.said.push(line));
    createInterface({ input: child.stderr }).on('line', line => this.complaints.push(line));
    await eventually(() => this.said.length > 0 || child.exitCode !== null);
    if (this.said.length === 0) throw new Error(this.complaints.join('\n'));
    return new URL((JSON.parse(this.said[0] ?? '') as { address: string }).address);
  }

  client({ origin, port }: URL): PortalClient {
    return new PortalClient({ origin, port: Number(port) });
  }

  async loggedIn(address: URL): Promise<PortalClient> {
    const client = this.client(address);
    const token = wordOf(address);
    const { json, text } = await client.post('/login/token', { token });
    if (typeof json.session !== 'string') throw new Error(text);
    client.bearer = json.session;
    return client;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** @returns its exit code */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGTERM');
    await this.repository.remove();
    await this.operator.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const wordOf = (address: URL): string => new URLSearchParams(address.hash.slice(1)).get('token') ?? '';
