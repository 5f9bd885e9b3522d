/** Branches of devices in memory, a sink that remembers, and what lies between them: all of it but git and the receiver. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import type { MetricBlock } from '../../../core/telemetry/record/metrics.ts';
import type { TelemetryRecord } from '../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { FleetView, type ViewDevice } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import type { Delivery, DeliveryKind, RecordSink, Refused } from '../../../gateway/sinks/delivery.ts';
import { BegunMarks } from '../../../gateway/sinks/follow/begun-marks.ts';
import { DeadLetters } from '../../../gateway/sinks/follow/dead-letters.ts';
import { DeviceKeys } from '../../../gateway/sinks/follow/device-keys.ts';
import { MemoryPositions, Positions } from '../../../gateway/sinks/follow/positions.ts';
import { RecordFollower } from '../../../gateway/sinks/follow/record-follower.ts';
import { SharedReading } from '../../../gateway/sinks/follow/shared-reading.ts';
import { SinkCounts } from '../../../gateway/sinks/follow/sink-counts.ts';
import { SinkFilter } from '../../../gateway/sinks/follow/sink-filter.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import type { SinkFilter as FilterFile } from '../../../schemas/types.generated.ts';

export const quiet: Logger = pino({ level: 'silent' });
const timeSec = 1_790_000_000;

export interface Said {
  readonly logs?: readonly number[];
  readonly errors?: readonly number[];
  readonly metrics?: readonly MetricBlock[];
  readonly container?: string;
  readonly project?: string;
  readonly signer?: MemoryKey | undefined;
  readonly timeSec?: number;
}

export const line = (sequence: number, text = `line ${sequence}`): TelemetryRecord => ({
  ...{ kind: 'log', sequence, time: '2026-11-29T01:02:03.000000004Z', stream: 'stdout', text },
});

/** A fleet whose devices push into memory. */
export class Branches {
  readonly repository = new MemoryRepository();
  readonly refs = new Map<string, string>();
  readonly keys = new Map<string, MemoryKey>();
  readonly view = new FleetViewHolder(viewOf([]));
  readonly shared = new SharedReading(this.repository);
  readonly #changes = new Map<string, Partial<ViewDevice['file']> & { labels?: Record<string, string> }>();

  constructor(...devices: readonly string[]) {
    for (const device of devices) this.keys.set(device, new MemoryKey());
    this.publish();
  }

  /** The view as the keys stand now. */
  publish(): void {
    const devices = [...this.keys].map(([id, key]) => {
      const { labels = {}, ...file } = this.#changes.get(id) ?? {};
      const keys = { tls: '', ssh: key.publicKey };
      return { id, file: { apiVersion: 'towline/v1' as const, keys, ...file }, groups: [], labels };
    });
    this.view.publish(viewOf(devices));
  }

  change(device: string, changes: Partial<ViewDevice['file']> & { labels?: Record<string, string> }): void {
    this.#changes.set(device, changes);
    this.publish();
  }

  /** One commit more of a device. @returns its id */
  say(device: string, said: Said): string {
    const { container = 'c0ffee000001', project = 'shop', metrics } = said;
    const files = new Map<string, string | Buffer>([['status.yaml', 'x: 1\n']]);
    for (const [logClass, numbers] of [
      ['log', said.logs],
      ['error', said.errors],
    ] as const) {
      const [sequence] = numbers ?? [];
      if (numbers === undefined || sequence === undefined) continue;
      const place = { kind: 'logs', class: logClass, project, service: 'web', container, sequence } as const;
      files.set(segmentPath(place), writeSegment(numbers.map(number => line(number))));
    }
    if (metrics !== undefined)
      files.set(segmentPath({ kind: 'metrics', sequence: 1 }), writeMetrics(metrics));
    return this.commit(device, files, said);
  }

  commit(device: string, files: ReadonlyMap<string, string | Buffer>, said: Said = {}): string {
    const tip = this.refs.get(telemetryRef(device));
    const signer = 'signer' in said ? said.signer : this.keys.get(device);
    const commit = { files, parents: tip === undefined ? [] : [tip], message: 'm\n', signer };
    const id = this.repository.commit({ ...commit, timeSec: Math.floor(said.timeSec ?? timeSec) });
    this.refs.set(telemetryRef(device), id);
    return id;
  }
}

export function viewOf(devices: readonly ViewDevice[]): FleetView {
  return new FleetView({
    commit: '1'.repeat(40),
    fleet: {
      apiVersion: 'towline/v1',
      name: 'acme',
      gateways: [{ address: 'g:1', tlsPins: [], sshHostKeys: [] }],
    },
    devices,
    operators: [],
    desiredTunnel: () => undefined,
  });
}

/** Takes what it is given, unless `answer` says otherwise. */
export class Receiver implements RecordSink {
  readonly takes: ReadonlySet<DeliveryKind> = new Set(['log', 'event', 'metrics']);
  readonly isMemory: boolean;
  readonly had: Delivery[] = [];
  readonly forgotten: string[] = [];
  batches = 0;
  closed = false;
  answer: (batch: readonly Delivery[]) => readonly Refused[] | Promise<readonly Refused[]> = () => [];

  constructor(isMemory = false) {
    this.isMemory = isMemory;
  }

  get ids(): string[] {
    return this.had.map(({ id }) => id);
  }

  async deliver(batch: readonly Delivery[]): Promise<readonly Refused[]> {
    this.batches += 1;
    const refused = await this.answer(batch);
    this.had.push(...batch.filter(each => !refused.some(({ delivery }) => delivery === each)));
    return refused;
  }

  forget(device: string): void {
    this.forgotten.push(device);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

export interface FollowOptions {
  readonly branches: Branches;
  readonly receiver: RecordSink;
  readonly folder: string;
  readonly filter?: FilterFile;
  readonly records?: number;
  readonly bytes?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** A sink that is followed, until it is stopped or killed. */
export class Followed {
  readonly counts = new SinkCounts();
  readonly follower: RecordFollower;
  readonly branches: Branches;
  readonly #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  static async open(options: FollowOptions): Promise<Followed> {
    const { branches, folder, receiver, clock = createSystemClock(), log = quiet } = options;
    const { positions, begun } =
      receiver.isMemory === true
        ? { positions: new MemoryPositions(), begun: new BegunMarks() }
        : await Positions.open(folder, 'event,log,metrics');
    const keys = await DeviceKeys.open({ folder, keepMs: 86_400_000, clock, log });
    keys.take(branches.view.current);
    branches.view.onChange(view => keys.take(view));
    return new Followed(options, { positions, begun, keys, clock, log });
  }

  private constructor(
    { branches, receiver, folder, filter, records = 1000, bytes = 1 << 20 }: FollowOptions,
    made: {
      positions: Positions | MemoryPositions;
      begun: BegunMarks;
      keys: DeviceKeys;
      clock: Clock;
      log: Logger;
    },
  ) {
    const { positions, begun, keys, clock, log } = made;
    this.branches = branches;
    this.follower = new RecordFollower({
      of: {
        ...{ fleet: 'acme', view: branches.view, refs: () => branches.refs, shared: branches.shared },
        ...{ keys, clock, log, sink: receiver, positions, begun, counts: this.counts },
        filter: new SinkFilter(filter, receiver.takes),
      },
      limits: { records, bytes },
      intervalMs: 5,
      deadLetters: new DeadLetters(join(folder, 'dead-letters.ndjson')),
      random: () => 0,
    });
  }

  start(): this {
    this.look();
    this.#ended = this.follower.run(this.#stop.signal);
    return this;
  }

  /** What the gateway does twice a second. */
  look(): void {
    for (const device of this.branches.view.current.devices.keys()) this.follower.backlog.moved(device);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

/** A folder for one test. */
export function ownFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'towline-sinks-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
