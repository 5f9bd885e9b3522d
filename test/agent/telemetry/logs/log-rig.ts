/** Containers that say something on a real engine, and a collector that reads them into memory. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EngineRuntime } from '../../../../agent/runtime/engine/engine-runtime.ts';
import type { Piece, Spool } from '../../../../agent/telemetry/collector.ts';
import type { LogRuntime } from '../../../../agent/telemetry/logs/engine-source.ts';
import { LogCollector } from '../../../../agent/telemetry/logs/log-collector.ts';
import type { DesiredState } from '../../../../core/desired/state.ts';
import type { Clock } from '../../../../core/io/clock.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { label } from '../../../../core/plan/container/labels.ts';
import type { GapRecord, LogRecord } from '../../../../core/telemetry/record/record.ts';
import { readSegment } from '../../../../core/telemetry/record/segment.ts';
import { makeDesired } from '../../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../../lab/rig/device-rig.ts';

export const image = 'towline-test/once:1';
/** More than any scenario here needs on a busy machine. */
const longestMs = 60_000;

export class MemorySpool implements Spool {
  readonly pieces: Piece[] = [];
  urgencies = 0;
  /** Thrown instead of taking a piece. */
  refusal: Error | undefined;

  async put(piece: Piece): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.pieces.push(piece);
  }

  urgent(): void {
    this.urgencies += 1;
  }

  /** Of one container, as they came: what came twice is there twice. */
  records(container: string): (LogRecord | GapRecord)[] {
    return this.pieces
      .filter(piece => piece.path.includes(container.slice(0, 12)))
      .flatMap(piece => readSegment(piece.bytes).records)
      .filter(record => record.kind !== 'event');
  }

  /** Of one container: each id once, in the order of the log. */
  lines(container: string): LogRecord[] {
    const byId = new Map(this.records(container).map(record => [record.sequence, record]));
    return [...byId.values()].sort((a, b) => a.sequence - b.sequence).filter(record => record.kind === 'log');
  }

  gaps(container: string): GapRecord[] {
    return this.records(container).filter(record => record.kind === 'gap');
  }
}

export interface Said {
  readonly tty?: boolean;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly service?: string;
}

export interface CollectorOptions {
  readonly clock?: Clock;
  /** Wraps what the engine is asked. */
  readonly around?: (runtime: EngineRuntime) => LogRuntime & Pick<EngineRuntime, 'starts'>;
}

export class LogRig implements AsyncDisposable {
  readonly device: DeviceRig;
  readonly told: string[] = [];
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #collector: LogCollector | undefined;

  private constructor(device: DeviceRig) {
    this.device = device;
  }

  static async start(): Promise<LogRig> {
    const device = await DeviceRig.start();
    await device.images.build(image, 'one-shot', '1');
    return new LogRig(device);
  }

  /** @param script of a shell. @returns the container's id; it is not started */
  async create(
    script: string,
    { tty = false, driver = 'json-file', options = {}, service = 'app' }: Said = {},
  ): Promise<string> {
    const { Id } = await this.device.post(
      '/containers/create',
      {},
      {
        Image: image,
        Cmd: ['/bin/sh', '-c', script],
        Tty: tty,
        Labels: {
          [label.device]: this.device.device,
          [label.project]: this.device.project,
          [label.service]: service,
          [label.hash]: 'x',
        },
        HostConfig: { NetworkMode: 'none', LogConfig: { Type: driver, Config: options } },
      },
    );
    return Id;
  }

  async run(script: string, said: Said = {}): Promise<string> {
    const id = await this.create(script, said);
    await this.restart(id);
    return id;
  }

  async restart(id: string): Promise<void> {
    await this.device.post(`/containers/${id}/start`);
  }

  async ended(id: string): Promise<void> {
    await this.device.post(`/containers/${id}/wait`);
  }

  get collector(): LogCollector {
    if (this.#collector === undefined) throw new Error('nothing collects');
    return this.#collector;
  }

  get positions(): string {
    return path.join(this.device.stateDirectory, 'telemetry/logs');
  }

  /** Begins to collect what is there and what comes. */
  async collect(
    spool: MemorySpool,
    { clock = createSystemClock(), around = runtime => runtime }: CollectorOptions = {},
  ): Promise<void> {
    const { engine, device, stateDirectory, store } = this.device;
    const say = (fields: object, message: string) =>
      void this.told.push(`${message} ${JSON.stringify(fields)}`);
    const log = { info: say, warn: say };
    const runtime = new EngineRuntime({
      ...{ engine, device, store, clock, log },
      folders: { stateDirectory },
    });
    const collector = new LogCollector({ file: this.positions, runtime: around(runtime), clock, log });
    this.#stop = new AbortController();
    this.#collector = collector;
    await this.look();
    this.#running = collector.run(spool, this.#stop.signal);
  }

  async look(more: Partial<DesiredState['settings']> = {}): Promise<void> {
    const observed = await this.device.observe([this.device.project]);
    const desired = makeDesired(this.device.device, []);
    const settings = { ...desired.settings, telemetryLogs: true, ...more };
    const { containers, engineVersion } = observed;
    this.collector.look({ desired: { ...desired, settings }, containers, engineVersion });
  }

  /** Ends as a process does that is killed: nothing is settled. */
  async kill(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** @returns what was found, as soon as it is not undefined */
  async until<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const end = performance.now() + longestMs;
    for (;;) {
      await this.collector.settle();
      const found = find();
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`not within ${longestMs} ms: ${what}`);
      await setTimeout(50);
    }
  }

  /** The texts of a container, as soon as there are so many. */
  texts(spool: MemorySpool, container: string, count: number): Promise<string[]> {
    return this.until(`${count} lines`, () => {
      const texts = spool.lines(container).map(({ text }) => text);
      return texts.length >= count ? texts : undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.device[Symbol.asyncDispose]();
  }
}
