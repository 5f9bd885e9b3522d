/** The gateway as people run it: `towline gateway init`, then its own process, over a really signed fleet. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { commandFolder, entries } from '../../../lab/machine/programs.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { gitEnvironment, type TestDevice } from './gateway.ts';
import { TestClient } from './request.ts';

/** A busy machine is no reason to fail. */
const lineWithinMs = 120_000;

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export const fleetFile = [
  'apiVersion: towline/v1',
  'name: acme',
  'gateways:',
  '  - address: 127.0.0.1:8443',
  '    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]',
  '',
].join('\n');

export function deviceFile(device: TestDevice, more: readonly string[] = []): string {
  const { keys } = device.view.file;
  return ['apiVersion: towline/v1', 'keys:', `  tls: ${keys?.tls}`, `  ssh: ${keys?.ssh}`, ...more, ''].join(
    '\n',
  );
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command beside the test. */
export async function command(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

/** Of stock ssh, for whoever has this key and knows no gateway yet. */
export function sshFlags({ file }: Pick<SshKey, 'file'>): string[] {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
  ];
  return ['-F', 'none', ...options.flatMap(option => ['-o', option]), '-i', file];
}

/** A fleet of one operator, who signs and pushes with one key, and these devices. */
export class TestFleet implements AsyncDisposable {
  readonly folder: string;
  readonly operator: SshKey;
  readonly repository: FleetRepository;
  readonly anchor: string;

  static async make(devices: readonly TestDevice[]): Promise<TestFleet> {
    const operator = await makeSshKey();
    const { repository, anchor } = await makeFleetRepository({
      signer: operator,
      files: {
        'fleet.yaml': fleetFile,
        'operators/alice.yaml': [
          'apiVersion: towline/v1',
          `sshKeys: ["${operator.publicKey}"]`,
          'git: { fleet: write, telemetry: read }',
          'tunnels: [{ all: true }]',
          '',
        ].join('\n'),
        ...Object.fromEntries(devices.map(device => [`devices/${device.id}.yaml`, deviceFile(device)])),
      },
    });
    return new TestFleet(operator, repository, anchor);
  }

  private constructor(operator: SshKey, repository: FleetRepository, anchor: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'towline-fleet-'));
    this.operator = operator;
    this.repository = repository;
    this.anchor = anchor;
  }

  /** `towline gateway init` with free ports. @throws Error when it fails */
  async init(...more: string[]): Promise<CommandResult> {
    const result = await command(join(commandFolder, 'towline'), [
      ...['gateway', 'init', '--repo', this.repository.path, '--state-directory', join(this.folder, 'state')],
      ...['--config', this.config, '--address', '127.0.0.1:8443', '--listen-devices', '127.0.0.1:0'],
      ...['--listen-people', '127.0.0.1:0', '--listen-internal', '127.0.0.1:0', ...more],
    ]);
    if (result.code !== 0) throw new Error(result.stderr);
    return result;
  }

  get config(): string {
    return join(this.folder, 'gateway.yaml');
  }

  /** The lines of audit.log. */
  audited(): Record<string, unknown>[] {
    const text = readFileSync(join(this.folder, 'state', 'audit.log'), 'utf8').trim();
    return text.split('\n').map(line => JSON.parse(line) as Record<string, unknown>);
  }

  get telemetryGit(): string {
    return join(this.folder, 'state', 'telemetry.git');
  }

  /** Environment for stock git over SSH as the operator. */
  ssh(): NodeJS.ProcessEnv {
    return { ...gitEnvironment, GIT_SSH_COMMAND: `ssh ${sshFlags(this.operator).join(' ')}` };
  }

  async push(gateway: GatewayProgram, refspec = 'main:main'): Promise<CommandResult> {
    const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
    return await command('git', ['push', '-q', url, refspec], { cwd: this.repository.path, env: this.ssh() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.repository.remove();
    await this.operator.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class GatewayProgram implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #addresses: Readonly<Record<string, { port: number }>> = {};
  devices = 0;
  people = 0;
  internal = 0;

  /**
   * @param viaCli run `towline gateway` instead of the gateway's own program.
   * @param openFiles what `ulimit -n` says to it.
   */
  static async start(config: string, viaCli = false, openFiles?: number): Promise<GatewayProgram> {
    const args = viaCli
      ? [entries.towline, 'gateway', '--config', config]
      : [entries.gateway, '--config', config];
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', ...args];
    const limited = ['sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...command];
    const [file = '', ...rest] = openFiles === undefined ? command : limited;
    const child = spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const program = new GatewayProgram(child);
    const up = await Promise.race([program.line('gateway is up'), program.#ended]);
    if (typeof up !== 'object' || up === null) throw new Error(JSON.stringify(program.lines));
    program.#addresses = up.addresses as Record<string, { port: number }>;
    program.devices = program.port('devices');
    program.people = program.port('people');
    program.internal = program.port('internal');
    return program;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close').then(([code]) => code as number | null);
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', line => {
        this.lines.push(JSON.parse(line) as LogLine);
      });
    }
  }

  /** Waits for a log line. @param from index of the first line that counts. */
  async line(message: string, from = 0): Promise<LogLine> {
    const end = performance.now() + lineWithinMs;
    while (performance.now() < end) {
      const found = this.lines.slice(from).find(line => line.msg === message);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) break;
      await wait(20);
    }
    throw new Error(`no line "${message}" in ${JSON.stringify(this.lines)}`);
  }

  /** Of what gateway.yaml has below `listen`. */
  port(of: string): number {
    return this.#addresses[of]?.port ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ended(): Promise<number | null> {
    return this.#ended;
  }

  client(device: TestDevice | undefined): TestClient {
    return new TestClient(this.devices, device);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
