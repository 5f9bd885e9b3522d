/**
 * The branch fleet-status of a fleet of ten thousand, in this process: what the first fold costs, what one more costs after
 * one device has reported, and how long anything else would have had to wait for its turn meanwhile.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../agent/report/status-commit.ts';
import { makeDeviceKeys, sshKeyOf, sshPublicKey } from '../../core/io/device-keys.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { buildPack } from '../../core/io/git/object-write.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { FleetView } from '../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import { StatusBranch } from '../../gateway/fleet-status/status-branch.ts';
import { GitRunner } from '../../gateway/git/git-runner.ts';
import { FleetStatus } from '../../gateway/sinks/fleet-status.ts';
import { Follower } from '../../gateway/sinks/follower.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { type BenchFigure, figure } from '../figure.ts';
import { cpuSeconds } from '../simulator/process-tree.ts';
import { git } from '../simulator/simulated-fleet.ts';

const size = 10_000;
const laterFolds = 10;
const fleet = 'bench';
/** One for all: what is checked is as much. */
const keys = makeDeviceKeys('device');
const nameOf = (index: number) => `dev-${String(index).padStart(5, '0')}`;

export async function* fold(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using folding = new Folding();
  folding.report(Array.from({ length: size }, (_, index) => nameOf(index)));
  const first = await folding.fold(signal);
  const later: number[] = [];
  for (let count = 0; count < laterFolds; count += 1) {
    folding.report([nameOf(count)]);
    later.push(await folding.fold(signal));
  }
  // As after a restart, everything is read anew.
  folding.restart();
  folding.report([nameOf(0)]);
  const longest = await longestStretch(() => folding.fold(signal));
  const bar = (limit: number) => ({ of: 'ratio', is: '<=', limit }) as const;
  const name = `fleet-status of ${size} devices`;
  const alone = 'peer: a check of an ed25519 signature alone';
  const device = (first * 1000) / size;
  yield figure(`${name}, first fold: CPU for each device (${alone})`, 'ms', device, checkMs(), bar(20));
  const each = (later.reduce((sum, cpu) => sum + cpu, 0) * 1000) / laterFolds;
  const whole = first * 1000;
  const more = "one more after one has reported: CPU, git's too (peer: the first one)";
  yield figure(`${name}, ${more}`, 'ms', each, whole, bar(0.02));
  const turn = 'longest CPU time without a turn for others (peer: the first fold)';
  yield figure(`${name}: ${turn}`, 'ms', longest, whole, bar(0.015));
}

/** What a signature costs this machine whatever we do. @returns milliseconds of CPU */
function checkMs(times = 2000): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(1000);
  const signature = sign(null, message, privateKey);
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) verify(null, message, publicKey, signature);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

/** CPU time of this thread, not the clock's: what else the machine does is not the fold's. @returns milliseconds. */
async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let [longest, working] = [0, true];
  const sample = (before: number) => {
    const { user, system } = process.threadCpuUsage();
    longest = Math.max(longest, user + system - before);
    if (working) setImmediate(sample, user + system);
  };
  const { user, system } = process.threadCpuUsage();
  setImmediate(sample, user + system);
  await work();
  working = false;
  return longest / 1000;
}

class Folding implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'towline-fold-'));
  readonly #tips = new Map<string, string>();
  readonly #view = new FleetViewHolder(viewOfAll());
  readonly #source: GitCatFileSource;
  readonly #runner: GitRunner;
  #status: FleetStatus;
  #follower: Follower;
  #reports = 0;

  constructor() {
    git(this.#folder, ['init', '-q', '--bare', '-b', 'main']);
    this.#source = new GitCatFileSource(this.#folder);
    const helperCommand = [
      process.execPath,
      join(import.meta.dirname, '../../gateway/main.ts'),
      '--git-helper',
    ];
    this.#runner = new GitRunner({ maxProcesses: 2, maxQueued: 16, helperCommand });
    this.#status = this.#makeStatus();
    this.#follower = this.#makeFollower();
  }

  /** Forgets all that is in memory. */
  restart(): void {
    this.#status = this.#makeStatus();
    this.#follower = this.#makeFollower();
  }

  #makeStatus(): FleetStatus {
    return new FleetStatus({
      view: this.#view,
      branch: new StatusBranch({ runner: this.#runner, telemetryGit: this.#folder }),
      clock: createSystemClock(),
    });
  }

  #makeFollower(): Follower {
    return new Follower({
      sink: this.#status,
      view: this.#view,
      refs: () => this.#tips,
      source: this.#source,
      read: readDeviceReport,
      intervalMs: 30_000,
      clock: createSystemClock(),
      log: pino({ level: 'silent' }),
    });
  }

  /** A signed status of each, in one pack. */
  report(devices: readonly string[]): void {
    this.#reports += 1;
    const time = new Date(1_782_000_000_000 + this.#reports * 1000).toISOString();
    const made = devices.map(device => ({
      device,
      ...makeStatusCommit({
        parent: this.#tips.get(telemetryRef(device)),
        files: new Map([['status.yaml', Buffer.from(stringify(statusOf(device, time)))]]),
        message: 'status',
        device,
        fleet,
        timeMs: Date.parse(time),
        key: sshKeyOf(keys),
      }),
    }));
    const objects = new Map(made.flatMap(({ objects: some }) => some.map(object => [object.id, object])));
    git(this.#folder, ['index-pack', '--stdin'], buildPack([...objects.values()]));
    for (const { device, id } of made) this.#tips.set(telemetryRef(device), id);
  }

  /** @returns CPU seconds, of git as well. */
  async fold(signal: AbortSignal): Promise<number> {
    const before = cpuSeconds(process.pid);
    const { commits } = this.#status.counts;
    await this.#follower.follow(signal);
    if (this.#status.counts.commits === commits) throw new Error('nothing was written');
    return cpuSeconds(process.pid) - before;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
    await this.#runner[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function viewOfAll(): FleetView {
  const file = { apiVersion: 'towline/v1' as const, keys: { tls: '', ssh: sshPublicKey(keys) } };
  return new FleetView({
    commit: '1'.repeat(40),
    fleet: { apiVersion: 'towline/v1', name: fleet, gateways: [] as never },
    devices: Array.from({ length: size }, (_, at) => ({ id: nameOf(at), file, groups: [], labels: {} })),
    operators: [],
    desiredTunnel: () => undefined,
  });
}

function statusOf(device: string, time: string): StatusFile {
  return {
    apiVersion: 'towline/v1',
    fleet,
    device,
    time,
    agent: { version: '0.1.0' },
    trusted: { commit: 'c0ffee'.padEnd(40, '0') },
    outcome: 'unchanged',
    conditions: [],
    projects: [{ app: 'web', project: 'web', release: '1.2', state: 'healthy', services: [] }],
    tunnel: { state: 'closed' },
  };
}
