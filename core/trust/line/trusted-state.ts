/** What is remembered of a walk: by a device and a gateway from start to start, and in the token of a new device. */

import { fieldsOf } from '../../json.ts';
import { isObjectId, type ObjectId } from '../git/object-source.ts';
import type { LineTime, VouchedTime } from './line-time.ts';

/** Where a walk began: its first trusted commit, pinned by a person, and the time there. */
export interface Origin extends LineTime {
  readonly commit: ObjectId;
}

/** The newest commit that was accepted, and what must be remembered with it. */
export interface TrustedState extends LineTime {
  readonly commit: ObjectId;
  readonly fleet: string;
  readonly from: Origin;
  /** All trees that were accepted since `from`, as one number (core/trust/line/history.ts): 64 hexadecimal digits. */
  readonly history: string;
  /**
   * Approvals (`approvals/…`) that were used under other ids of this history and do not stand in the commit: they
   * may still be alive, and none counts twice.
   */
  readonly spent?: readonly string[];
}

/** Approvals that a state remembers as spent, at most. */
export const maxSpent = 1_000;

/** As a value for JSON and YAML, its keys in a fixed order. */
export function formatTrustedState(state: TrustedState): Readonly<Record<string, unknown>> {
  const { commit, fleet, from, history, spent = [] } = state;
  return {
    commit,
    fleet,
    ...formatTime(state),
    from: { commit: from.commit, ...formatTime(from) },
    history,
    ...(spent.length === 0 ? {} : { spent }),
  };
}

/** @returns undefined when it is not what `formatTrustedState` wrote */
export function parseTrustedState(json: unknown): TrustedState | undefined {
  const { commit, fleet, from, history, spent = [] } = fieldsOf(json);
  const time = parseTime(json);
  const origin = parseOrigin(from);
  if (typeof commit !== 'string' || !isObjectId(commit) || typeof fleet !== 'string') return undefined;
  if (time === undefined || origin === undefined || !isHistory(history)) return undefined;
  if (!Array.isArray(spent) || spent.length > maxSpent || !spent.every(isText)) return undefined;
  return { commit, fleet, ...time, from: origin, history, ...(spent.length === 0 ? {} : { spent }) };
}

/** The time that is later, of two states of one fleet. */
export function laterTime(one: LineTime, other: LineTime): LineTime {
  return formatTime(one.lineTimeSec >= other.lineTimeSec ? one : other);
}

/** The state with another time. */
export function withTime(state: TrustedState, time: LineTime): TrustedState {
  const { ahead: _, ...rest } = state;
  return { ...rest, ...formatTime(time) };
}

/** Whether both say the same, so that nothing need be written. */
export function isSameState(one: TrustedState, other: TrustedState): boolean {
  return JSON.stringify(formatTrustedState(one)) === JSON.stringify(formatTrustedState(other));
}

function formatTime({ lineTimeSec, trustSec, ahead }: LineTime): LineTime {
  return { lineTimeSec, trustSec, ...(ahead === undefined ? {} : { ahead }) };
}

function parseTime(json: unknown): LineTime | undefined {
  const { lineTimeSec, trustSec, ahead } = fieldsOf(json);
  if (!isSeconds(lineTimeSec) || !isSeconds(trustSec)) return undefined;
  if (ahead === undefined) return { lineTimeSec, trustSec };
  const word = parseVouchedTime(ahead);
  return word === undefined ? undefined : { lineTimeSec, trustSec, ahead: word };
}

function parseVouchedTime(json: unknown): VouchedTime | undefined {
  const { principal, timeSec } = fieldsOf(json);
  return isText(principal) && isSeconds(timeSec) ? { principal, timeSec } : undefined;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function parseOrigin(json: unknown): Origin | undefined {
  const { commit } = fieldsOf(json);
  const time = parseTime(json);
  return typeof commit === 'string' && isObjectId(commit) && time !== undefined
    ? { commit, ...time }
    : undefined;
}

function isHistory(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
