/** Devices whose signed status goes into a real telemetry.git, and a fold over it. */
import pino from 'pino';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { buildPack, makeObject, makeTrees } from '../../../core/io/git/object-write.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { readDeviceReport } from '../../../core/telemetry/device-report.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { StatusBranch } from '../../../gateway/fleet-status/status-branch.ts';
import { FleetStatus } from '../../../gateway/sinks/fleet-status.ts';
import { Follower } from '../../../gateway/sinks/follower.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { git, runGit, type TestDevice, TestGateway } from '../rig/gateway.ts';
import { refOf } from '../rig/push.ts';

export function statusFile(device: string, more: Partial<StatusFile> = {}): StatusFile {
  return {
    apiVersion: 'towline/v1',
    fleet: 'test',
    device,
    time: '2026-07-01T08:15:00Z',
    agent: { version: '0.1.0' },
    trusted: { commit: 'c0ffee'.padEnd(40, '0') },
    outcome: 'unchanged',
    conditions: [],
    projects: [{ app: 'web', project: 'web', release: '1.2', state: 'healthy', services: [] }],
    tunnel: { state: 'closed' },
    ...more,
  };
}

/** fleet-status, and what follows telemetry for it. */
class Fold {
  readonly #sink: FleetStatus;
  readonly #follower: Follower;

  constructor(sink: FleetStatus, follower: Follower) {
    this.#sink = sink;
    this.#follower = follower;
  }

  get counts(): FleetStatus['counts'] {
    return this.#sink.counts;
  }

  /** @returns whether a commit was written. */
  async fold(signal: AbortSignal): Promise<boolean> {
    const before = this.counts.commits;
    await this.#follower.follow(signal);
    return this.counts.commits > before;
  }
}

export class StatusRig implements AsyncDisposable {
  readonly gateway: TestGateway;
  readonly #source: GitCatFileSource;
  readonly #stop = new AbortController();
  fold: Fold;

  static async start(devices: readonly TestDevice[]): Promise<StatusRig> {
    return new StatusRig(await TestGateway.start(devices), devices);
  }

  private constructor(gateway: TestGateway, devices: readonly TestDevice[]) {
    this.gateway = gateway;
    this.#source = new GitCatFileSource(this.folder);
    this.see(devices);
    this.fold = this.makeFold();
  }

  get folder(): string {
    return this.gateway.settings.telemetryGit;
  }

  /** A new view, with these devices. */
  see(devices: readonly TestDevice[], commit = '1'.repeat(40)): void {
    this.gateway.view.publish(
      new FleetView({
        commit,
        fleet: { apiVersion: 'towline/v1', name: 'test', gateways: [] as never },
        devices: devices.map(({ view }) => view),
        operators: [],
        desiredTunnel: () => undefined,
      }),
    );
  }

  makeFold(maxCommits = 2000): Fold {
    const { view, runner, service } = this.gateway;
    const clock = createSystemClock();
    const branch = new StatusBranch({ runner, telemetryGit: this.folder, maxCommits });
    const sink = new FleetStatus({ view, branch, clock });
    const follower = new Follower({
      sink,
      view,
      refs: () => service.telemetry.refs,
      source: this.#source,
      read: readDeviceReport,
      intervalMs: 1000,
      clock,
      log: pino({ level: 'silent' }),
    });
    return new Fold(sink, follower);
  }

  run(): Promise<boolean> {
    return this.fold.fold(this.#stop.signal);
  }

  /** Takes a status of `device`, signed by `signer` (itself unless said otherwise, `null`: nobody). */
  async say(
    device: TestDevice,
    status: StatusFile | string,
    signer: TestDevice | null = device,
  ): Promise<void> {
    const text = typeof status === 'string' ? status : stringify(status);
    const parent = this.gateway.service.telemetry.tip(refOf(device));
    const files = new Map([['status.yaml', Buffer.from(text)]]);
    const made =
      signer === null
        ? unsigned(files, parent)
        : makeStatusCommit({
            parent,
            files,
            message: 'status',
            device: device.id,
            fleet: 'test',
            timeMs: 1_782_000_000_000,
            key: sshKeyOf(signer.keys),
          });
    const push = { ref: refOf(device), oldId: parent, newId: made.id, pack: buildPack(made.objects) };
    await this.gateway.service.telemetry.accept(push);
  }

  object(id: string) {
    return this.#source.read(id);
  }

  page(): string {
    return git(['show', 'fleet-status:README.md'], { cwd: this.folder });
  }

  row(device: string): string {
    return (
      this.page()
        .split('\n')
        .find(line => line.startsWith(`| \`${device}\``)) ?? ''
    );
  }

  show(path: string): string | undefined {
    const shown = runGit(['show', `fleet-status:${path}`], { cwd: this.folder });
    return shown.status === 0 ? shown.stdout : undefined;
  }

  /** Paths that differ between the branch's last two commits. */
  changedByLast(): string[] {
    return git(['diff', '--name-only', 'fleet-status^', 'fleet-status'], { cwd: this.folder }).split('\n');
  }

  count(): number {
    return Number(git(['rev-list', '--count', 'fleet-status'], { cwd: this.folder }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#source[Symbol.asyncDispose]();
    await this.gateway[Symbol.asyncDispose]();
  }
}

function unsigned(files: ReadonlyMap<string, Uint8Array>, parent: string | undefined) {
  const { root, objects } = makeTrees(files);
  const person = 'x <x@example.com> 1782000000 +0000';
  const lines = [`tree ${root}`, ...(parent === undefined ? [] : [`parent ${parent}`]), `author ${person}`];
  const commit = makeObject('commit', Buffer.from([...lines, `committer ${person}`, '', 'x\n'].join('\n')));
  return { id: commit.id, objects: [...objects, commit] };
}
