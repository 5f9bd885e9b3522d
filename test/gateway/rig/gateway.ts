/** A real gateway's device side on free ports, over real bare repositories in a temporary folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type DeviceKeys, makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { Audit, AuditEvent } from '../../../gateway/admission/audit.ts';
import type { Agents } from '../../../gateway/agents/agents.ts';
import { InProcessBus } from '../../../gateway/bus/in-process.ts';
import { openDeviceParts } from '../../../gateway/device-parts.ts';
import type { DevicePort } from '../../../gateway/device-port/device-port.ts';
import type { Hints } from '../../../gateway/device-port/hints.ts';
import { FleetView, type ViewDevice } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import type { PackCache } from '../../../gateway/git/pack-cache.ts';
import type { ServedRefs } from '../../../gateway/git/served-refs.ts';
import type { RecordingStore } from '../../../gateway/recordings/recording-store.ts';
import { type GatewayLimits, type GatewaySettings, gatewaySettings } from '../../../gateway/settings.ts';
import type { TelemetryStore } from '../../../gateway/telemetry/telemetry-store.ts';
import type { TelemetryHints } from '../../../gateway/telemetry-hints/telemetry-hints.ts';
import type { GatewayFile } from '../../../schemas/types.generated.ts';

export const helperCommand = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, '../../../gateway/main.ts'),
  '--git-helper',
];

/** Runs git with nothing of the machine's configuration. @throws when it fails. */
export function git(
  args: readonly string[],
  options: { cwd?: string; input?: string | Buffer } = {},
): string {
  const result = runGit(args, options);
  if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

export function runGit(args: readonly string[], options: { cwd?: string; input?: string | Buffer } = {}) {
  return spawnSync('git', args, {
    cwd: options.cwd,
    input: options.input,
    encoding: 'utf8',
    env: gitEnvironment,
    maxBuffer: 64 * 1024 * 1024,
  });
}

export const gitEnvironment = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** Of this machine, beside loopback. */
export const ownAddress =
  Object.values(networkInterfaces())
    .flat()
    .find(found => found?.family === 'IPv4' && !found.internal)?.address ?? '127.0.0.1';

export interface TestDevice {
  readonly id: string;
  readonly keys: DeviceKeys;
  readonly view: ViewDevice;
}

export function testDevice(id: string, revoked = false, keys = makeDeviceKeys(id)): TestDevice {
  const file = {
    apiVersion: 'towline/v1' as const,
    keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys) },
    revoked,
  };
  return { id, keys, view: { id, file, groups: [], labels: {} } };
}

export function viewOf(devices: readonly TestDevice[]): FleetView {
  return new FleetView({
    commit: '0'.repeat(40),
    fleet: undefined,
    devices: devices.map(device => device.view),
    operators: [],
    desiredTunnel: () => undefined,
  });
}

/** What answers devices. */
interface Service {
  readonly port: DevicePort;
  readonly refs: ServedRefs;
  readonly cache: PackCache;
  readonly hints: Hints;
  readonly telemetryHints: TelemetryHints;
  readonly telemetry: TelemetryStore;
  readonly recordings: RecordingStore;
  readonly agents: Agents;
  close(graceMs: number): Promise<void>;
}

export class TestGateway implements AsyncDisposable {
  readonly folder: string;
  readonly settings: GatewaySettings;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly service: Service;
  readonly port: number;
  readonly audited: AuditEvent[];

  static async start(
    devices: readonly TestDevice[],
    limits: Partial<GatewayLimits> = {},
    folder = makeState(),
    file: Partial<GatewayFile> = {},
  ): Promise<TestGateway> {
    const base = gatewaySettings({
      apiVersion: 'towline/v1',
      fleet: 'test',
      anchor: '0'.repeat(40),
      stateDirectory: folder,
      ...file,
    });
    const settings = { ...base, limits: { ...base.limits, ...limits } };
    const view = new FleetViewHolder(viewOf(devices));
    const runner = new GitRunner({ maxProcesses: 4, maxQueued: 64, helperCommand });
    await runner.start();
    const audited: AuditEvent[] = [];
    const audit: Audit = { write: event => audited.push(event) };
    const server = makeDeviceKeys('gateway', ['127.0.0.1', ownAddress]);
    const parts = await openDeviceParts({
      settings,
      view,
      runner,
      tls: { key: server.tlsKey, certificate: server.tlsCertificate },
      audit,
      log: pino({ level: process.env.TOWLINE_TEST_LOG ?? 'silent' }),
      bus: new InProcessBus(),
      clock: createSystemClock(),
    });
    const {
      port: devicePort,
      hints,
      telemetryHints,
      fleetGit,
      telemetryGit,
      enrolment,
      recordings,
      images,
      agents,
    } = parts;
    const service = {
      ...{
        port: devicePort,
        hints,
        telemetryHints,
        refs: fleetGit.refs,
        cache: fleetGit.cache,
        telemetry: telemetryGit.store,
        recordings: recordings.store,
        agents,
      },
      close: async (graceMs: number) => {
        await hints.close();
        await telemetryHints.close();
        await devicePort.close(graceMs);
        await images?.close();
        for (const part of [enrolment, fleetGit, telemetryGit, recordings, agents]) await part.close();
      },
    };
    const { port } = await devicePort.listen('127.0.0.1', 0);
    return new TestGateway(folder, settings, view, runner, service, port, audited);
  }

  private constructor(
    folder: string,
    settings: GatewaySettings,
    view: FleetViewHolder,
    runner: GitRunner,
    service: Service,
    port: number,
    audited: AuditEvent[],
  ) {
    this.folder = folder;
    this.settings = settings;
    this.view = view;
    this.runner = runner;
    this.service = service;
    this.port = port;
    this.audited = audited;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close(1000);
    await this.runner[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A state directory with a fleet.git of one commit and an empty telemetry.git. */
export function makeState(): string {
  const folder = mkdtempSync(join(tmpdir(), 'towline-gateway-'));
  git(['init', '-q', '--bare', '-b', 'main', 'fleet.git'], { cwd: folder });
  git(['init', '-q', '--bare', '-b', 'main', 'telemetry.git'], { cwd: folder });
  commitFile(folder, 'fleet.yaml', 'name: test\n');
  return folder;
}

/** Commits one file onto a branch of fleet.git. @returns the commit's id. */
export function commitFile(folder: string, path: string, content: string, branch = 'main'): string {
  const cwd = join(folder, 'fleet.git');
  const parent = runGit(['rev-parse', '-q', '--verify', `refs/heads/${branch}`], { cwd }).stdout.trim();
  const blob = git(['hash-object', '-w', '--stdin'], { cwd, input: content });
  const entries = parent === '' ? '' : `${git(['ls-tree', parent], { cwd })}\n`;
  const others = entries.split('\n').filter(line => line !== '' && !line.endsWith(`\t${path}`));
  const tree = git(['mktree'], { cwd, input: `${[...others, `100644 blob ${blob}\t${path}`].join('\n')}\n` });
  const commit = git(['commit-tree', tree, ...(parent === '' ? [] : ['-p', parent]), '-m', `Set ${path}`], {
    cwd,
  });
  git(['update-ref', `refs/heads/${branch}`, commit], { cwd });
  return commit;
}

/** Options by which stock git shows a device's key. The files are written to `folder`. */
export function gitAs(folder: string, device: TestDevice): string[] {
  const key = join(folder, `${device.id}.key`);
  const certificate = join(folder, `${device.id}.crt`);
  writeFileSync(key, device.keys.tlsKey);
  writeFileSync(certificate, device.keys.tlsCertificate);
  return ['-c', `http.sslKey=${key}`, '-c', `http.sslCert=${certificate}`, '-c', 'http.sslVerify=false'];
}
