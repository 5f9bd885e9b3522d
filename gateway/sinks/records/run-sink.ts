/** One sink of gateway.yaml: opened, followed, shown and closed by itself. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDuration } from '../../../core/duration.ts';
import { parseSize } from '../../../core/fleet/size.ts';
import { telemetryRefs } from '../../../core/telemetry/telemetry-ref.ts';
import type { Metric } from '../../plain-port/metric.ts';
import type { PlainRoute } from '../../plain-port/plain-route.ts';
import type { Delivery, RecordSink } from '../delivery.ts';
import { BegunMarks } from '../follow/begun-marks.ts';
import { DeadLetters } from '../follow/dead-letters.ts';
import type { FollowedFleet, FollowedSink } from '../follow/followed-sink.ts';
import type { PositionStore } from '../follow/position.ts';
import { MemoryPositions, Positions } from '../follow/positions.ts';
import { RecordFollower } from '../follow/record-follower.ts';
import { SinkCounts, sinkGauge } from '../follow/sink-counts.ts';
import { SinkFilter } from '../follow/sink-filter.ts';
import type { OpenSink, SinkFile, SinkServices } from '../open-sink.ts';
import type { TelemetryRecord } from '../sink.ts';
import { kinds } from './kinds.ts';

export interface RunSinkOptions {
  readonly file: SinkFile;
  readonly services: SinkServices;
  readonly fleet: FollowedFleet;
}

/** What a person is told of it. */
export interface SinkState {
  readonly name: string;
  readonly kind: string;
  readonly lagSeconds: number;
  readonly devicesBehind: number;
  readonly perSecond: number;
  readonly delivered: number;
  readonly deadLetters: number;
  readonly again: number;
  readonly errors: number;
  /** Why nothing goes on. */
  readonly error?: string;
}

export class RunSink {
  readonly #options: RunSinkOptions;
  readonly #sink: RecordSink;
  readonly #counts = new SinkCounts();
  readonly #follower: RecordFollower;

  /** @throws TowlineError GATEWAY_CONFIG_INVALID */
  static async open(options: RunSinkOptions): Promise<RunSink> {
    const { file, services } = options;
    await mkdir(services.folder, { recursive: true, mode: 0o700 });
    const sink = await openKind(file, services);
    if (sink.isMemory === true)
      return new RunSink(options, { sink, positions: new MemoryPositions(), begun: new BegunMarks() });
    const counted = [...sink.takes].filter(kind => new SinkFilter(file.filter).takesKind(kind)).sort();
    const { positions, begun, isNew } = await Positions.open(services.folder, counted.join());
    if (isNew) await beginAt(file, options.fleet, positions);
    return new RunSink(options, { sink, positions, begun });
  }

  private constructor(
    options: RunSinkOptions,
    opened: { readonly sink: RecordSink; readonly positions: PositionStore; readonly begun: BegunMarks },
  ) {
    const { sink } = opened;
    const { file, services, fleet } = options;
    const { log, folder } = services;
    this.#options = options;
    this.#sink = sink;
    const of: FollowedSink = {
      ...{ ...fleet, ...opened, counts: this.#counts, log },
      filter: new SinkFilter(file.filter, sink.takes),
    };
    const { records = 1000, bytes = '1MiB', interval = '1s' } = file.batch ?? {};
    const limits = { records: Math.min(records, sink.maxBatch ?? records), bytes: parseSize(bytes) };
    const deadLetters = new DeadLetters(join(folder, 'dead-letters.ndjson'));
    const timing = { intervalMs: Math.max(50, parseDuration(interval)), random: Math.random };
    this.#follower = new RecordFollower({ of, limits, deadLetters, ...timing });
  }

  get name(): string {
    return this.#options.services.name;
  }

  get isMemory(): boolean {
    return this.#sink.isMemory === true;
  }

  get routes(): readonly PlainRoute[] {
    return this.#sink.routes ?? [];
  }

  /** Whether it looks at what devices say of themselves. */
  get sees(): boolean {
    return this.#sink.see !== undefined;
  }

  see(record: TelemetryRecord): void {
    this.#sink.see?.(record);
  }

  moved(device: string): void {
    this.#follower.backlog.moved(device);
  }

  tell(delivery: Delivery): void {
    if (!this.isMemory) this.#follower.tell(delivery);
  }

  replay(fromMs: number): Promise<number> {
    return this.#follower.replay(fromMs);
  }

  reload(): void {
    this.#sink.reload?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#follower.run(signal);
    await this.#sink.close();
  }

  get state(): SinkState {
    const { file, fleet } = this.#options;
    const { delivered, refused, again, errors } = this.#counts;
    const { error, lagMs, backlog } = this.#follower;
    return {
      ...{ name: this.name, kind: file.kind, lagSeconds: Math.round(lagMs / 100) / 10 },
      ...{ devicesBehind: backlog.behind, perSecond: this.#counts.perSecond(fleet.clock.monotonic()) },
      ...{ delivered, deadLetters: refused, again, errors, ...(error === undefined ? {} : { error }) },
    };
  }

  metrics(): Metric[] {
    const { lagSeconds, devicesBehind, error } = this.state;
    const labels = { sink: this.name, kind: this.#options.file.kind };
    const own = (this.#sink.metrics?.() ?? []).map(metric => ({
      ...metric,
      labels: { ...metric.labels, ...labels },
    }));
    return [
      sinkGauge(
        'up',
        'Whether the receiver took what it was sent last.',
        error === undefined ? 1 : 0,
        labels,
      ),
      sinkGauge('lag_seconds', 'How long the oldest record that is here waits.', lagSeconds, labels),
      sinkGauge('devices_behind', 'Devices of which something waits.', devicesBehind, labels),
      ...this.#counts.metrics(labels),
      ...own,
    ];
  }
}

async function openKind(file: SinkFile, services: SinkServices): Promise<RecordSink> {
  // The kind says which of them fits; the compiler cannot follow one of a union through a table.
  const open = (await kinds[file.kind]()) as OpenSink<SinkFile['kind']>;
  return await open(file, services);
}

async function beginAt({ from }: SinkFile, { refs }: FollowedFleet, positions: Positions): Promise<void> {
  if (from === 'now') {
    const tips = [...refs()].filter(([ref]) => ref.startsWith(telemetryRefs));
    const ends = tips.map(
      ([ref, commit]) => [ref.slice(telemetryRefs.length), { commit, through: undefined }] as const,
    );
    await positions.move(new Map(ends));
  }
  // From now on it has begun, also where nothing is delivered before the gateway ends.
  await positions.fold();
}
