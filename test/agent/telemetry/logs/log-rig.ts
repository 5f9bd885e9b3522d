/** Containers that say something on a real engine, and a collector that reads them into memory. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../../../../agent/runtime/engine/engine.ts';
import { EngineRuntime } from '../../../../agent/runtime/engine/engine-runtime.ts';
import type { Piece, Scene, Spool } from '../../../../agent/telemetry/collector.ts';
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
}

export interface CollectOptions {
  readonly spool?: MemorySpool;
  readonly clock?: Clock;
  /** Where it writes down how far it is; another process of the same agent has the same. */
  readonly name?: string;
  /** Instead of the real one: it injects faults. */
  readonly engine?: Engine;
  /** As for an agent that may not read the engine's files. */
  readonly byEngine?: boolean;
}

/** A collector at work. */
export class Collecting implements AsyncDisposable {
  readonly spool: MemorySpool;
  readonly collector: LogCollector;
  readonly told: string[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(rig: DeviceRig, scene: Scene, options: CollectOptions) {
    const {
      spool = new MemorySpool(),
      clock = createSystemClock(),
      engine = rig.engine,
      name = 'logs',
    } = options;
    const say = (fields: object, message: string) =>
      void this.told.push(`${message} ${JSON.stringify(fields)}`);
    const log = { info: say, warn: say };
    const { device, stateDirectory, store } = rig;
    const runtime = new EngineRuntime({
      ...{ engine, device, store, clock, log },
      folders: { stateDirectory },
    });
    if (options.byEngine === true) {
      const place = runtime.logPlace.bind(runtime);
      runtime.logPlace = async (id, signal) => ({ ...(await place(id, signal)), file: undefined });
    }
    this.spool = spool;
    const file = path.join(stateDirectory, name);
    this.collector = new LogCollector({ file, runtime, clock, log, startedMs: clock.now() });
    this.collector.look(scene);
    this.#running = this.collector.run(spool, this.#stop.signal);
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
  texts(container: string, count: number): Promise<string[]> {
    return this.until(`${count} lines`, () => {
      const texts = this.spool.lines(container).map(({ text }) => text);
      return texts.length >= count ? texts : undefined;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

export class LogRig implements AsyncDisposable {
  readonly device: DeviceRig;

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
    { tty = false, driver = 'json-file', options = {} }: Said = {},
  ): Promise<string> {
    const labels = {
      [label.device]: this.device.device,
      [label.project]: this.device.project,
      [label.service]: 'app',
      [label.hash]: 'x',
    };
    const { Id } = await this.device.post(
      '/containers/create',
      {},
      {
        Image: image,
        Cmd: ['/bin/sh', '-c', script],
        Tty: tty,
        Labels: labels,
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

  /** Begins to collect what is there and what comes. */
  async collect(options: CollectOptions = {}): Promise<Collecting> {
    return new Collecting(this.device, await this.scene(), options);
  }

  /** As a pass finds it. */
  async scene(more: Partial<DesiredState['settings']> = {}): Promise<Scene> {
    const { containers, engineVersion } = await this.device.observe([this.device.project]);
    const desired = makeDesired(this.device.device, []);
    const settings = { ...desired.settings, telemetryLogs: true, ...more };
    return { desired: { ...desired, settings }, containers, engineVersion };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.device[Symbol.asyncDispose]();
  }
}
