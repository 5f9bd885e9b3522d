/** When a pass runs: schedule, jitter, hints; one at a time. A trigger carries no data. */
import type { DesiredState, DeviceSettings } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { ProgramLog } from '../../core/log.ts';
import type { PassFacts } from '../pass/pass-facts.ts';
import { Hinted, HintStream } from './hints.ts';

/** What passes are asked of. */
export interface Passing {
  readonly dialler: Dialler;
  pass(
    telemetryDue: boolean,
    signal: AbortSignal,
    urgent: boolean,
  ): Promise<{ readonly facts: PassFacts; readonly desired: DesiredState | undefined }>;
  /** Beside a pass that goes on for long: follows what may not wait for the engine. */
  look(signal: AbortSignal): Promise<void>;
}

export interface LoopOptions {
  readonly agent: Passing;
  readonly clock: Clock;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly log: ProgramLog;
  /** Calls back by a cron expression until it is stopped. */
  readonly schedule: (expression: string, onTick: () => void, timeZone?: string) => Promise<{ stop(): void }>;
  /** What else may ask for a pass, until it is aborted: the engine's events, a person at the device. */
  readonly watchers?: readonly Watcher[];
  readonly afterPass?: (facts: PassFacts) => Promise<void>;
}

export type Watcher = (ring: (reason: Reason) => void, signal: AbortSignal) => Promise<unknown>;

/** `now`: a person at the device asks, and does not wait for windows. */
export type Reason =
  | 'start'
  | 'poll'
  | 'telemetry'
  | 'hint'
  | 'engine'
  | 'recording'
  | 'rollout'
  | 'backup'
  | 'retry'
  | 'now'
  | 'stop';

interface Schedule extends Pick<DeviceSettings, 'pollSchedule' | 'pollJitterMs' | 'telemetrySchedule'> {
  /** When apps have a backup made, in UTC: a device may ask its gateway once a week. */
  readonly backups?: readonly string[];
}

/** Until a commit says otherwise: a person is waiting for this device to come up. */
const firstSchedule: Schedule = {
  ...{ pollSchedule: '*/15 * * * * *', pollJitterMs: 5_000 },
  telemetrySchedule: '*/15 * * * *',
};

/** No timer is early by that much: the backup is due when the pass begins, milliseconds. */
const backupDelayMs = 2_000;
/** Most passes are over by then, milliseconds: what rings later need not wait for their end. */
const longPassMs = 3_000;

/** Runs passes until it is aborted; resolves when the last one has ended. */
export async function runLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const { agent, log } = options;
  const wake = new Wake();
  const schedules = new Schedules(options, wake, signal);
  const hinted = new Hinted(options.clock, () => wake.ring('hint'), signal);
  const onHint = () => hinted.hint();
  const hints = new HintStream({ ...options, dialler: agent.dialler, onHint }, signal);
  const ring = (reason: Reason): void => wake.ring(reason);
  // The last pass may go on for long after one of them has ended with the signal's reason.
  const stopped = (error: unknown) => (signal.aborted ? undefined : Promise.reject(error));
  const watchers = (options.watchers ?? []).map(watch => watch(ring, signal).catch(stopped));
  hints.begin();
  await schedules.follow(firstSchedule);
  wake.ring('start');
  signal.addEventListener('abort', () => wake.ring('stop'), { once: true });
  while (!signal.aborted) {
    const reasons = await wake.rung();
    if (signal.aborted) break;
    log.debug({ reasons: [...reasons] }, 'pass begins');
    const over = new AbortController();
    const looking = lookMeanwhile({ ...options, wake, hinted, over: over.signal }, signal);
    try {
      const { desired, facts } = await agent.pass(reasons.has('telemetry'), signal, reasons.has('now'));
      await options.afterPass?.(facts);
      if (facts.silent === true) {
        if (hints.end()) log.info({}, 'retired: nothing is asked and nothing is said from now on');
        schedules.stop();
      } else {
        hints.begin();
        if (facts.fetchError === undefined) hints.answered();
        await schedules.follow(desired ? wantedBy(desired) : (schedules.current ?? firstSchedule));
      }
    } catch (error) {
      if (!signal.aborted) log.error({ error: String(error) }, 'pass failed');
    }
    over.abort();
    await looking;
    if (reasons.has('hint')) hinted.ended();
  }
  schedules.stop();
  hints.end();
  await Promise.all([hints.ended, ...watchers]);
}

function wantedBy(desired: DesiredState): Schedule {
  const times = desired.projects.flatMap(({ backup }) => backup?.schedule ?? []);
  return { ...desired.settings, backups: [...new Set(times)].sort() };
}

interface Meanwhile extends Pick<LoopOptions, 'agent' | 'clock' | 'log'> {
  readonly wake: Wake;
  readonly hinted: Hinted;
  /** The pass is. */
  readonly over: AbortSignal;
}

/** A pass may wait for its engine for hours: what tells of a newer commit is looked at beside it. Never throws. */
async function lookMeanwhile(meanwhile: Meanwhile, signal: AbortSignal): Promise<void> {
  const { agent, clock, log, wake, hinted, over } = meanwhile;
  await clock.sleep(longPassMs, over).catch(() => undefined);
  while (!over.aborted && !signal.aborted) {
    hinted.ended();
    await wake.heard(AbortSignal.any([over, signal]));
    if (over.aborted || signal.aborted) return;
    log.debug({}, 'looking beside the pass');
    await agent.look(signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ error: String(error) }, 'look failed');
    });
  }
}

/** Collects reasons to look again while a pass runs; however many there are, one more pass follows. */
class Wake {
  #reasons = new Set<Reason>();
  #waiting: (() => void) | undefined;
  /** Something rang that may tell of a newer commit, and nobody has looked since. */
  #tidings = false;

  ring(reason: Reason): void {
    this.#reasons.add(reason);
    if (reason === 'hint' || reason === 'poll' || reason === 'now') this.#tidings = true;
    this.#waiting?.();
    this.#waiting = undefined;
  }

  /** Resolves when something tells of a newer commit, or the signal is aborted; the reasons stay for the next pass. */
  async heard(signal: AbortSignal): Promise<void> {
    while (!this.#tidings && !signal.aborted)
      await new Promise<void>(resolve => {
        this.#waiting = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    this.#tidings = false;
  }

  async rung(): Promise<ReadonlySet<Reason>> {
    if (this.#reasons.size === 0)
      await new Promise<void>(resolve => {
        this.#waiting = resolve;
      });
    const reasons = this.#reasons;
    this.#reasons = new Set();
    this.#tidings = false;
    return reasons;
  }
}

/** Of the trusted commit; made anew when it changes them. */
class Schedules {
  readonly #options: LoopOptions;
  readonly #wake: Wake;
  readonly #signal: AbortSignal;
  #current: Schedule | undefined;
  #tasks: { stop(): void }[] = [];

  constructor(options: LoopOptions, wake: Wake, signal: AbortSignal) {
    this.#options = options;
    this.#wake = wake;
    this.#signal = signal;
  }

  get current(): Schedule | undefined {
    return this.#current;
  }

  async follow(wanted: Schedule): Promise<void> {
    const { pollSchedule, pollJitterMs, telemetrySchedule, backups = [] } = wanted;
    const next = { pollSchedule, pollJitterMs, telemetrySchedule, backups };
    if (JSON.stringify(next) === JSON.stringify(this.#current)) return;
    this.stop();
    this.#current = next;
    const { schedule } = this.#options;
    this.#tasks = [
      await schedule(pollSchedule, () => this.#later('poll', pollJitterMs)),
      await schedule(telemetrySchedule, () => this.#later('telemetry', pollJitterMs)),
    ];
    for (const each of backups)
      this.#tasks.push(await schedule(each, () => this.#later('backup', backupDelayMs), 'UTC'));
  }

  stop(): void {
    for (const task of this.#tasks) task.stop();
    this.#tasks = [];
    this.#current = undefined;
  }

  #later(reason: Reason, jitterMs: number): void {
    const { clock, random } = this.#options;
    clock.sleep((reason === 'backup' ? 1 : random()) * jitterMs, this.#signal).then(
      () => this.#wake.ring(reason),
      () => undefined,
    );
  }
}
