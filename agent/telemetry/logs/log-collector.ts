/** Logs of this device's containers, each by a task of its own: one that cannot be read holds up no other. */
import { messageOf } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ObservedContainer } from '../../../core/plan/observed.ts';
import { logSettingsOf } from '../../../core/telemetry/lines/log-settings.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Collector, Scene, Spool } from '../collector.ts';
import { ContainerLog } from './container-log.ts';
import { DriverFacts } from './driver-facts.ts';
import type { LogRuntime } from './engine-source.ts';
import { KeptPositions } from './kept-positions.ts';
import { LeavingLogs } from './leaving-logs.ts';
import { LogTask } from './log-task.ts';
import type { LoggedContainer } from './open-segments.ts';
import { PieceBuffers } from './piece-buffers.ts';
import { beginning, type LogPosition } from './position.ts';
import { sources } from './sources.ts';

/** Characters of records in memory, of all containers; beyond it the largest go into the spool. */
const maxOpenLength = 4 * 1024 * 1024;
const tickMs = 1_000;
/** Positions are written so often while segments come, milliseconds; between, the segments say it. */
const keepMs = 15_000;

export interface LogCollectorOptions {
  /** The file of positions. */
  readonly file: string;
  readonly runtime: LogRuntime & Pick<Runtime, 'starts'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Where nothing was collected before, containers that were made since are read from their beginning. */
  readonly startedMs: number;
}

interface Begun {
  readonly spool: Spool;
  readonly signal: AbortSignal;
}

export class LogCollector implements Collector {
  readonly name = 'logs';
  readonly #options: LogCollectorOptions;
  readonly #kept: KeptPositions;
  readonly #facts = new DriverFacts();
  readonly #buffers = new PieceBuffers();
  readonly #tasks = new Map<string, LogTask>();
  readonly #leaving = new LeavingLogs();
  readonly #running = new Set<Promise<unknown>>();
  readonly #startedAt = new Map<string, number>();
  #scene: Scene | undefined;
  #begun: Begun | undefined;

  constructor(options: LogCollectorOptions) {
    this.#options = options;
    this.#kept = new KeptPositions(options.file, () => this.#positions());
  }

  look(scene: Scene): void {
    this.#scene = scene;
    if (this.#begun !== undefined) this.#compare(scene);
  }

  async run(spool: Spool, signal: AbortSignal): Promise<void> {
    const { runtime, startedMs } = this.#options;
    await this.#kept.read(startedMs, spool.reached?.());
    spool.beforeLeaving?.(() => this.#kept.write());
    this.#begun = { spool, signal };
    if (this.#scene !== undefined) this.#compare(this.#scene);
    const on = {
      started: (container: LoggedContainer) => this.#started(container),
      listening: () => {
        for (const task of this.#tasks.values()) task.wake();
      },
    };
    const starts = runtime.starts(on, signal);
    await this.#tick(signal);
    await starts;
    await Promise.allSettled(this.#running);
    this.#begun = undefined;
  }

  async settle(): Promise<void> {
    const spool = this.#begun?.spool;
    if (spool === undefined) return;
    await this.#kept.write();
    const tasks = [...this.#tasks.values()];
    const ends = await Promise.allSettled(tasks.map(({ log }) => log.flush('all', spool)));
    await this.#kept.write();
    await this.#leaving.put(spool);
    const failed = ends.find(end => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** A container is about to be removed: all that it has said is read by then, where that does not take long. Never throws. */
  async drained(container: string, signal: AbortSignal): Promise<void> {
    await this.#tasks.get(container)?.caughtUp(signal);
  }

  #compare(scene: Scene): void {
    const { settings, projects } = scene.desired;
    const there = new Set(scene.containers.map(({ id }) => id));
    this.#kept.look(there, this.#options.clock.now());
    this.#facts.look(scene, there);
    for (const container of scene.containers) {
      const plan = projects.find(({ name }) => name === container.project)?.logs;
      if (!settings.telemetryLogs || !logSettingsOf(plan, container.service).collect)
        this.#silence(container.id);
      else this.#follow(container);
    }
    // One that is gone says so when it is asked.
    for (const [id, task] of this.#tasks) if (!there.has(id)) task.wake();
  }

  #follow(container: ObservedContainer): void {
    const { id, createdMs, state, inspection } = container;
    const task = this.#tasks.get(id) ?? this.#begin(container, createdMs + 1_000 < this.#kept.beganMs);
    task?.log.configure(this.#settingsOf(container));
    const startedAtMs = inspection?.startedAtMs ?? 0;
    const isNews = this.#startedAt.get(id) !== startedAtMs;
    this.#startedAt.set(id, startedAtMs);
    if (isNews && state !== 'created') task?.wake();
  }

  #started(container: LoggedContainer): void {
    const settings = this.#scene?.desired.settings;
    // Before anything is known of the device, what is there is old or new for all that is known.
    if (settings?.telemetryLogs !== true || !this.#settingsOf(container).collect) return;
    (this.#tasks.get(container.id) ?? this.#begin(container, false))?.wake();
  }

  #begin(container: LoggedContainer, isOld: boolean): LogTask | undefined {
    const begun = this.#begun;
    if (begun === undefined || begun.signal.aborted) return undefined;
    const { id, project, service } = container;
    const { clock, runtime, log: told } = this.#options;
    const known = this.#kept.take(id);
    const log = new ContainerLog({
      container: { id, project, service },
      position: known ?? (isOld ? this.#kept.unknown : beginning),
      settings: this.#settingsOf(container),
      shared: this.#facts.of(id),
      nowMs: () => clock.now(),
    });
    const task = new LogTask({
      ...{ log, runtime, clock, told, spool: begun.spool },
      sourceOf: sources({ runtime, clock, told, buffers: this.#buffers }),
      keep: () => this.#kept.writeFirst(id),
      isOld: known === undefined && isOld,
    });
    this.#tasks.set(id, task);
    const running: Promise<unknown> = task
      .run(begun.signal)
      .then(isGone => (isGone ? this.#end(id, task) : undefined))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return task;
  }

  /** Its container is gone: what it has said goes into the spool, and its position goes. */
  async #end(id: string, task: LogTask): Promise<void> {
    const spool = this.#begun?.spool;
    task.log.close();
    this.#leaving.add(task.log);
    if (spool !== undefined) await this.#leaving.put(spool);
    if (this.#tasks.get(id) !== task) return;
    this.#tasks.delete(id);
    this.#startedAt.delete(id);
  }

  #settingsOf({ project, service }: Pick<LoggedContainer, 'project' | 'service'>) {
    const plan = this.#scene?.desired.projects.find(({ name }) => name === project)?.logs;
    return logSettingsOf(plan, service);
  }

  /** It stays at home: what was read goes nowhere, and what is said meanwhile is not read later. */
  #silence(id: string): void {
    const task = this.#tasks.get(id);
    task?.stop();
    this.#tasks.delete(id);
    this.#kept.silence(id, task?.log.position);
    this.#startedAt.delete(id);
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let keptMs = clock.monotonic();
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal).catch(() => undefined);
      this.#drain();
      if (clock.monotonic() - keptMs < keepMs) continue;
      keptMs = clock.monotonic();
      await this.#kept
        .write()
        .catch((error: unknown) =>
          log.warn({ error: messageOf(error) }, 'how far logs were read is not written down'),
        );
    }
  }

  #drain(): void {
    const spool = this.#begun?.spool;
    if (spool === undefined) return;
    const put = this.#leaving.put(spool).finally(() => this.#running.delete(put));
    this.#running.add(put);
    let sum = 0;
    for (const { log } of this.#tasks.values()) {
      log.drain();
      if (log.takeErrors()) spool.urgent();
      sum += log.bytes;
    }
    if (sum <= maxOpenLength) return;
    const [largest] = [...this.#tasks.values()].sort((a, b) => b.log.bytes - a.log.bytes);
    largest?.log.flush('all', spool).catch(() => undefined);
  }

  *#positions(): Generator<[string, LogPosition]> {
    for (const [id, { log }] of this.#tasks) yield [id, log.durable];
  }
}
