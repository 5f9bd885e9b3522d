/**
 * What has come by now, as this device may say: by its wall clock where a time server keeps it, else by the newest statement
 * of freshness, else by its own count of time since it saw a stage open (docs/decisions/rollouts.md).
 */
import { agentName } from '../../core/agents/agent-version.ts';
import type { DeviceLayers } from '../../core/fleet/fleet.ts';
import { Alarm } from '../../core/io/alarm.ts';
import type { Clock } from '../../core/io/clock.ts';
import { isClockSynchronised } from '../../core/io/synchronised-clock.ts';
import type { Log } from '../../core/log.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import type { StageMoment, When } from '../../core/rollout/when.ts';
import { RolloutMemory } from './rollout-memory.ts';

export interface RolloutClockOptions {
  readonly memory: RolloutMemory;
  /** Device time, and whether the wall clock lags behind what is vouched for. */
  readonly time: Clock & { readonly unsynchronised: string | undefined };
  /** The wall clock, milliseconds. */
  readonly wallMs: () => number;
  /** Whether a time server keeps the wall clock. Default: asks the machine. */
  readonly isKept?: (signal: AbortSignal) => Promise<boolean | undefined>;
  readonly log: Pick<Log, 'warn'>;
}

/** No clock is asked more often whether it is kept: that may start a program. Milliseconds. */
const askIntervalMs = 60_000;

type Timed = Required<Pick<When, 'isOver' | 'isOpen' | 'countsAtMs'>>;

export class RolloutClock {
  readonly #options: RolloutClockOptions;
  #kept: { readonly kept: boolean; readonly atMs: number } | undefined;
  readonly #alarm: Alarm;

  constructor(options: RolloutClockOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.time);
  }

  /** What it remembered may be lost. */
  static async open(
    stateDirectory: string,
    options: Omit<RolloutClockOptions, 'memory'>,
  ): Promise<RolloutClock> {
    const memory = await RolloutMemory.open(stateDirectory, () => options.time.monotonic());
    return new RolloutClock({ ...options, memory });
  }

  /**
   * What it notes is durable before anybody acts on it, but where there is no room: then it may be forgotten.
   * @param freshMs the time by the newest verified statement of freshness, gone on since it was seen; milliseconds since the
   *   epoch; asked only where it decides
   */
  async when(
    layers: DeviceLayers,
    freshMs: () => Promise<number | undefined>,
    signal: AbortSignal,
  ): Promise<When> {
    const { memory, log } = this.#options;
    const apps = [layers.fleet, ...layers.groups, layers.device].flatMap(({ value }) =>
      Object.keys(value.apps ?? {}),
    );
    memory.see(layers.rollouts, new Set([...apps, agentName]));
    let isAsked = false;
    const remembered: When = {
      isOver: (untilMs, app) => {
        isAsked ||= !memory.isOver(untilMs, app);
        return memory.isOver(untilMs, app);
      },
      isOpen: moment => {
        isAsked ||= !memory.isOpen(moment);
        return memory.isOpen(moment);
      },
      wasGiven: rollout => memory.wasGiven(rollout),
    };
    rolledOut(layers, remembered);
    const when = isAsked ? this.#noted(await this.#timed(freshMs, signal)) : remembered;
    const { changesAtMs } = rolledOut(layers, when);
    await memory
      .save(changesAtMs !== undefined)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'rollouts are not remembered'));
    // What has come already and does not count yet waits for another clock, which no timer brings.
    this.#alarm.set(changesAtMs);
    return when;
  }

  /** Rings when a stage counts or a pin is over by then, until it is aborted. Who does not watch is not kept awake. */
  watch(ring: () => void, signal: AbortSignal): Promise<void> {
    return this.#alarm.watch(ring, signal);
  }

  /** What has come is remembered, as far as there is room: no clock that is set back undoes it. */
  #noted({ isOver, isOpen, countsAtMs }: Timed): When {
    const { memory } = this.#options;
    return {
      isOver: (untilMs, app) => {
        if (memory.isOver(untilMs, app)) return true;
        const hasCome = isOver(untilMs, app);
        if (hasCome) memory.over(untilMs, app);
        return hasCome;
      },
      isOpen: moment => {
        if (memory.isOpen(moment)) return true;
        const hasCome = isOpen(moment);
        if (hasCome) memory.opened(moment);
        return hasCome;
      },
      countsAtMs,
      wasGiven: rollout => memory.wasGiven(rollout),
    };
  }

  async #timed(freshMs: () => Promise<number | undefined>, signal: AbortSignal): Promise<Timed> {
    const { wallMs, memory, time } = this.#options;
    const isKept = await this.#isKept(signal);
    const nowMs = isKept ? wallMs() : await freshMs();
    if (nowMs !== undefined)
      return {
        isOver: untilMs => untilMs <= nowMs,
        isOpen: ({ atMs }) => atMs <= nowMs,
        countsAtMs: ({ atMs }) => (isKept ? atMs : time.now() + atMs - nowMs),
      };
    // One moment for all who ask: what counts only later on would be acted on before it is written down.
    const { ranMs } = memory;
    const leftMs = (moment: StageMoment): number => memory.leftMs(moment, ranMs);
    return {
      // Whoever wrote the end meant a moment, and nobody says which one this is.
      isOver: () => false,
      isOpen: moment => leftMs(moment) <= 0,
      countsAtMs: moment => time.now() + leftMs(moment),
    };
  }

  /** Where nothing on the machine knows, nobody keeps it: a clock that runs ahead would open stages that wait. */
  async #isKept(signal: AbortSignal): Promise<boolean> {
    const { time, isKept = isClockSynchronised } = this.#options;
    if (time.unsynchronised !== undefined) return false;
    const atMs = time.monotonic();
    if (this.#kept === undefined || atMs - this.#kept.atMs >= askIntervalMs)
      this.#kept = { kept: (await isKept(signal)) === true, atMs };
    return this.#kept.kept;
  }
}
