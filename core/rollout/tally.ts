/** How a rollout stands: each of its devices is exactly one of six things, by what it has signed last. */

import { parseDuration } from '../duration.ts';
import { cronProblem } from '../fleet/cron.ts';
import { longestGapMs } from '../fleet/cron-gap.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { movedBy } from '../fleet/rollout-files.ts';
import { defaults } from '../fleet/setting-defaults.ts';
import type { RolloutLine } from './line.ts';
import { type Member, membersOf } from './members.ts';
import type { NamedRollout } from './stage.ts';
import type { AppWord, DeviceWord } from './word.ts';

/**
 * pinned: its own file gives it another release. absent: silent since before its stage, or before it came into it. pending: it was there since, and is not
 * done. done: it runs what the stage brings, and is well. failed: it does not. dark: it has seen its stage, and fell silent.
 */
export const deviceStates = ['pinned', 'absent', 'pending', 'done', 'failed', 'dark'] as const;
export type DeviceState = (typeof deviceStates)[number];

export interface DeviceStanding {
  readonly device: string;
  /** From 1. */
  readonly stage: number;
  readonly state: DeviceState;
  /** In a word or some; '' where there is nothing to say. */
  readonly why: string;
}

export interface RolloutCount {
  /** Devices of open stages. */
  readonly standings: readonly DeviceStanding[];
  /** Of each stage, how many devices it is for, pinned ones too; open or not. */
  readonly sizes: readonly number[];
  /** More than half of those that are to stay as they are fell silent as well: then it is no device's doing. */
  readonly outage: { readonly silent: number; readonly of: number } | undefined;
}

export interface TallyQuestion {
  readonly fleet: Fleet;
  readonly rollout: NamedRollout;
  readonly line: RolloutLine;
}

/** Between two reports, at the most. A schedule that nobody can keep to is refused by whoever reads the fleet's files. */
function gapMsOf({ file }: Fleet): number {
  const { schedule = defaults.telemetrySchedule } = file.value.telemetry ?? {};
  return longestGapMs(cronProblem(schedule) === undefined ? schedule : defaults.telemetrySchedule);
}

/** Fewer say nothing of telemetry. */
const fewestOutside = 5;

export class Tally {
  readonly #rollout: NamedRollout;
  readonly #line: RolloutLine;
  readonly #members: ReadonlyMap<string, Member>;
  readonly #open: readonly (readonly [string, Member])[];
  readonly #outside: readonly string[];
  readonly #sizes: number[];
  readonly #absentAfterMs: number;
  readonly #darkAfterMs: number;
  readonly #quietAfterMs: number;

  constructor({ fleet, rollout, line }: TallyQuestion) {
    const { stages, absentAfter, darkAfter } = rollout.file.value;
    this.#rollout = rollout;
    this.#line = line;
    this.#members = membersOf(fleet, rollout);
    this.#open = [...this.#members].filter(([, { stage }]) => stage <= line.stages.length);
    const taking = new Set(this.#open.flatMap(([id, { kind }]) => (kind === 'takes' ? [id] : [])));
    this.#outside = [...fleet.devices.keys()].filter(id => !taking.has(id));
    this.#sizes = stages.map(() => 0);
    for (const { stage } of this.#members.values())
      this.#sizes[stage - 1] = (this.#sizes[stage - 1] ?? 0) + 1;
    const gapMs = gapMsOf(fleet);
    const usual = 3 * gapMs;
    this.#absentAfterMs = absentAfter === undefined ? usual : parseDuration(absentAfter);
    this.#darkAfterMs = darkAfter === undefined ? usual : parseDuration(darkAfter);
    this.#quietAfterMs = Math.min(this.#darkAfterMs, Math.max(this.#darkAfterMs / 2, 1.5 * gapMs));
  }

  /** All it is for, in open stages and in those to come. */
  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  /** @param words by device; who is missing was never heard */
  count(words: ReadonlyMap<string, DeviceWord>, nowMs: number): RolloutCount {
    const standings = this.#open.map(([device, member]) => {
      const { state, why } = this.#stateOf(member, words.get(device), nowMs);
      return { device, stage: member.stage, state, why };
    });
    const someAreDark = standings.some(({ state }) => state === 'dark');
    return { standings, sizes: this.#sizes, outage: someAreDark ? this.#outage(words, nowMs) : undefined };
  }

  #stateOf(
    { stage, kind, stableMs, pinnedUntilMs = 0 }: Member,
    word: DeviceWord | undefined,
    nowMs: number,
  ): Pick<DeviceStanding, 'state' | 'why'> {
    if (kind === 'pinned' || nowMs < pinnedUntilMs) return { state: 'pinned', why: '' };
    const sinceMs = this.#line.stages[stage - 1]?.sinceMs ?? 0;
    if (word === undefined) return { state: 'absent', why: 'never seen' };
    if (word.doubt !== undefined) return { state: 'pending', why: `not to be believed: ${word.doubt}` };
    const heardMs = this.#heardMs(word, nowMs);
    const silentMs = nowMs - heardMs;
    if (!this.#line.isAtOrAfter(word.trusted, stage)) {
      const isAbsent = silentMs > this.#absentAfterMs && heardMs < sinceMs;
      return isAbsent
        ? { state: 'absent', why: '' }
        : { state: 'pending', why: 'has not come to this stage' };
    }
    const { to } = this.#rollout.file.value;
    const name = movedBy(this.#rollout.file.value);
    const app = word.apps.find(each => each.app === name);
    const isOfStage = this.#line.isAtOrAfter(word.followed, stage);
    const speaksOfIt = app !== undefined && isOfStage;
    const failure = speaksOfIt ? this.#failureOf(app) : undefined;
    if (failure !== undefined) return { state: 'failed', why: failure };
    // It was not of this stage when it spoke, or its time had not come: what it never took is not what silenced it.
    const wants = app === undefined ? undefined : (app.wantedRelease ?? to);
    const isElsewhere = isOfStage && wants !== to;
    if (isElsewhere && silentMs > this.#absentAfterMs) return { state: 'absent', why: '' };
    if (!isElsewhere && silentMs > this.#darkAfterMs) return { state: 'dark', why: 'went dark' };
    if (speaksOfIt && this.#isDone(app, word.timeMs - stableMs)) return { state: 'done', why: '' };
    if (kind === 'torn') return { state: 'pending', why: 'another rollout moves it too' };
    return { state: 'pending', why: app === undefined ? 'does not have the app' : wordsOf(app) };
  }

  /**
   * A device's clock may be wrong: when its word came counts where that is known. Else it is not believed of the time to come,
   * and cannot have spoken before the commit was made that it has accepted; where either shows that it is wrong, and it is known
   * by when its word had come, it is not believed at all.
   */
  #heardMs({ arrivedMs, arrivedByMs, timeMs, trusted }: DeviceWord, nowMs: number): number {
    if (arrivedMs !== undefined) return arrivedMs;
    const latestMs = Math.min(arrivedByMs ?? nowMs, nowMs);
    const earliestMs = this.#line.timeMsOf(trusted) ?? 0;
    if (arrivedByMs !== undefined && timeMs < earliestMs) return latestMs;
    return Math.max(Math.min(timeMs, latestMs), earliestMs);
  }

  /** Only of `to`: that what was before was broken is no reason to stop what mends it. */
  #failureOf({
    state,
    release,
    wantedRelease,
    wantedDigest,
    setAside,
    message,
  }: AppWord): string | undefined {
    const { to } = this.#rollout.file.value;
    if ((wantedRelease ?? release) !== to) return undefined;
    const isBad = state === 'failed' || state === 'rolled-back' || state === 'degraded';
    const isSetAside = setAside !== undefined && setAside === wantedDigest;
    if (!isBad && !isSetAside) return undefined;
    const words = isBad ? state.replace('-', ' ') : 'set aside';
    return message === undefined ? words : `${words}: ${message}`;
  }

  /** @param byMs when it must have begun to run at the latest, by the device's own clock */
  #isDone({ state, release, digest, wantedDigest, sinceMs }: AppWord, byMs: number): boolean {
    const isIt = release === this.#rollout.file.value.to && digest !== undefined && digest === wantedDigest;
    return isIt && state === 'healthy' && sinceMs !== undefined && sinceMs <= byMs;
  }

  /**
   * Of those that spoke when the newest stage was opened. They need not be dark yet: where telemetry was cut, who is dark first
   * was heard longest ago, and the others up to a report later.
   */
  #outage(words: ReadonlyMap<string, DeviceWord>, nowMs: number): RolloutCount['outage'] {
    const openedMs = this.#line.stages.at(-1)?.sinceMs ?? 0;
    let [of, silent] = [0, 0];
    for (const id of this.#outside) {
      const word = words.get(id);
      if (word === undefined || word.doubt !== undefined) continue;
      const heardMs = this.#heardMs(word, nowMs);
      if (heardMs < openedMs - this.#darkAfterMs) continue;
      of += 1;
      if (nowMs - heardMs > this.#quietAfterMs) silent += 1;
    }
    return of >= fewestOutside && silent * 2 > of ? { silent, of } : undefined;
  }
}

const wordsOf = ({ state, message }: AppWord): string =>
  message === undefined ? state : `${state}: ${message}`;
