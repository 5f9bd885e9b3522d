/** The sinks of gateway.yaml, as a part of the gateway: each by itself, and one look at what moved for all of them. */
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { LastingObjectSource } from '../../../core/io/git/lasting-object-source.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { ControlSocket } from '../../plain-port/control-socket.ts';
import type { Metric } from '../../plain-port/metric.ts';
import type { PlainRoute } from '../../plain-port/plain-route.ts';
import type { Delivery } from '../delivery.ts';
import type { DeviceReports } from '../device-reports.ts';
import { DeviceKeys } from '../follow/device-keys.ts';
import { SharedReading } from '../follow/shared-reading.ts';
import { Follower } from '../follower.ts';
import type { SinkFile } from '../open-sink.ts';
import type { Sink } from '../sink.ts';
import { RunSink, type SinkState } from './run-sink.ts';
import { sinkControl } from './sink-control.ts';

export interface RecordSinksOptions {
  readonly sinks: Readonly<Record<string, SinkFile>>;
  readonly fleet: string;
  readonly stateDirectory: string;
  readonly telemetryGit: string;
  readonly telemetryKeepMs: number;
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  readonly view: FleetViewHolder;
  readonly reports: DeviceReports;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often it is looked for branches that moved. */
const lookMs = 500;
/** How often those are looked through for what they say of themselves. */
const seeMs = 1000;

export class RecordSinks {
  readonly #options: RecordSinksOptions;
  readonly #source: LastingObjectSource;
  readonly #keys: DeviceKeys;
  readonly #sinks: readonly RunSink[];
  readonly #unsubscribe: () => void;
  readonly #stop = new AbortController();
  readonly #told = new Map<string, string>();
  #control: ControlSocket | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  /** @throws TowlineError GATEWAY_CONFIG_INVALID where a sink's keys do not go together */
  static async open(options: RecordSinksOptions): Promise<RecordSinks> {
    const { stateDirectory, telemetryKeepMs: keepMs, telemetryGit, fleet, refs, view, clock, log } = options;
    checkFiles(options.sinks);
    const folder = join(stateDirectory, 'sinks');
    const keys = await DeviceKeys.open({ folder, keepMs, clock, log });
    const source = new LastingObjectSource(telemetryGit);
    const followed = { fleet, view, refs, keys, clock, shared: new SharedReading(source) };
    const sinks: RunSink[] = [];
    for (const [name, file] of Object.entries(options.sinks)) {
      const own = { name, fleet, view, clock, folder: join(folder, name), log: log.child({ sink: name }) };
      sinks.push(await RunSink.open({ file, services: own, fleet: followed }));
    }
    return new RecordSinks(options, { source, keys, sinks });
  }

  private constructor(
    options: RecordSinksOptions,
    { source, keys, sinks }: { source: LastingObjectSource; keys: DeviceKeys; sinks: readonly RunSink[] },
  ) {
    this.#options = options;
    this.#source = source;
    this.#keys = keys;
    this.#sinks = sinks;
    keys.take(options.view.current);
    this.#unsubscribe = options.view.onChange(view => keys.take(view));
  }

  get routes(): readonly PlainRoute[] {
    return this.#sinks.flatMap(sink => sink.routes);
  }

  get states(): readonly SinkState[] {
    return this.#sinks.map(sink => sink.state);
  }

  /** Begins to follow. */
  async start(): Promise<void> {
    const { signal } = this.#stop;
    this.#control = await sinkControl(join(this.#options.stateDirectory, 'sinks'), this);
    const runs = [this.#look(signal), ...this.#sinks.map(sink => sink.run(signal))];
    if (this.#sinks.some(sink => sink.sees)) runs.push(this.#states().run(signal));
    this.#ended = Promise.all(runs);
  }

  /** What devices say of themselves, for sinks that look at it. */
  #states(): Follower {
    const { view, refs, reports, clock, log } = this.#options;
    const seeing = this.#sinks.filter(sink => sink.sees);
    const sink: Sink = {
      name: 'the state of devices',
      keeps: true,
      deliver: async records => {
        for await (const record of records) for (const each of seeing) each.see(record);
      },
    };
    const reading = { source: this.#source, read: reports.reader() };
    return new Follower({ sink, view, refs, ...reading, intervalMs: seeMs, clock, log });
  }

  /** @returns devices that go back @throws TowlineError TELEMETRY_SINK_UNKNOWN */
  async replay(name: string, fromMs: number): Promise<number> {
    const sink = this.#sinks.find(each => each.name === name);
    if (sink === undefined) {
      const known = this.#sinks.map(each => each.name).join(', ');
      throw new TowlineError(
        'TELEMETRY_SINK_UNKNOWN',
        `there is no sink ${name}; there are ${known || 'none'}`,
      );
    }
    if (sink.isMemory)
      throw new TowlineError(
        'TELEMETRY_SINK_UNKNOWN',
        `${name} holds the newest alone: nothing can be told again`,
      );
    return await sink.replay(fromMs);
  }

  /** What the gateway itself has to say, to each that takes its kind: of what waits, the newest counts. */
  tell(delivery: Delivery): void {
    for (const sink of this.#sinks) sink.tell(delivery);
  }

  /** SIGHUP. */
  reload(): void {
    for (const sink of this.#sinks) sink.reload();
  }

  metrics(): readonly Metric[] {
    return this.#sinks.flatMap(sink => sink.metrics());
  }

  state(): object {
    if (this.#sinks.length === 0) return {};
    const words = this.states.map(({ name, error }) => [name, error ?? 'ok']);
    return { sinks: Object.fromEntries(words) };
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#control?.close();
    await this.#ended;
    await this.#keys.settled();
    await this.#source[Symbol.asyncDispose]();
  }

  /** Which branches moved, which devices came, left, or are revoked: once for all sinks. */
  async #look(signal: AbortSignal): Promise<void> {
    const { clock, refs, view, log } = this.#options;
    while (!signal.aborted) {
      try {
        this.#tell(refs(), view.current.devices);
        await clock.sleep(lookMs, signal);
      } catch (error) {
        if (!signal.aborted) log.error({ error: messageOf(error) }, 'sinks are not told of what moved');
      }
    }
  }

  #tell(refs: ReadonlyMap<string, ObjectId>, devices: FleetViewHolder['current']['devices']): void {
    for (const id of this.#told.keys()) {
      if (devices.has(id)) continue;
      this.#told.delete(id);
      for (const sink of this.#sinks) sink.moved(id);
    }
    for (const { id, file } of devices.values()) {
      const state = `${refs.get(telemetryRef(id))} ${file.revoked === true}`;
      if (this.#told.get(id) === state) continue;
      this.#told.set(id, state);
      for (const sink of this.#sinks) sink.moved(id);
    }
  }
}

/** Each of two would write over the other's lines, and set aside the other's file. @throws TowlineError GATEWAY_CONFIG_INVALID */
function checkFiles(sinks: RecordSinksOptions['sinks']): void {
  const owners = new Map<string, string>();
  for (const [name, file] of Object.entries(sinks)) {
    if (file.kind !== 'file') continue;
    const path = resolve(file.path);
    const other = owners.get(path);
    if (other !== undefined)
      throw new TowlineError(
        'GATEWAY_CONFIG_INVALID',
        `sinks.${name}: ${path} is written by sinks.${other} already`,
      );
    owners.set(path, name);
  }
}
