/** What `/tunnel` of a device's file is to say. Pure. */
import type { Tunnel } from '../../../schemas/types.generated.ts';

export type LongTunnel = Exclude<Tunnel, string>;

/** What a person asks for. */
export interface AskedOpening {
  /** Until when at least, milliseconds since the epoch, where it was said. */
  readonly untilMs?: number;
  readonly reason?: string;
  /** Operators by name. */
  readonly allow?: readonly string[];
}

/** How it stands. */
export interface Standing {
  /** `/tunnel` of the device's own file. */
  readonly own: Tunnel | undefined;
  /** As all its files have it together. */
  readonly merged: { readonly state: 'open' | 'closed'; readonly untilMs?: number };
}

const longOf = (tunnel: Tunnel | undefined): LongTunnel | undefined =>
  typeof tunnel === 'string' ? { state: tunnel } : tunnel;

const until = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const isOpen = ({ merged }: Standing, nowMs: number): boolean =>
  merged.state === 'open' && (merged.untilMs === undefined || merged.untilMs > nowMs);

/**
 * An opening that stands is only added to: a later end, more people. Whoever is in stays in.
 * @returns undefined where all that is asked for stands already
 */
export function openingOf(
  asked: AskedOpening,
  standing: Standing,
  { nowMs, maxMs }: { readonly nowMs: number; readonly maxMs: number },
): LongTunnel | undefined {
  const own = longOf(standing.own);
  const stands = isOpen(standing, nowMs);
  const askedMs = Math.floor((asked.untilMs ?? nowMs + maxMs) / 1000) * 1000;
  // An end further ahead is none: when it closes depends on when it was first seen open.
  const { untilMs: givenMs = Number.POSITIVE_INFINITY } = standing.merged;
  const standsMs = stands && givenMs <= nowMs + maxMs ? givenMs : undefined;
  const isEnough = standsMs !== undefined && (asked.untilMs === undefined || askedMs <= standsMs);
  const allow = allowOf(asked, own, stands);
  const isSame = asked.reason === undefined || asked.reason === own?.reason;
  if (isEnough && isSame && sameNames(allow, own?.allow)) return undefined;
  const reason = asked.reason ?? (stands ? own?.reason : undefined);
  return {
    state: 'open',
    until: until(isEnough ? standsMs : askedMs),
    ...(reason === undefined ? {} : { reason }),
    ...(own?.targets === undefined ? {} : { targets: own.targets }),
    ...(allow === undefined ? {} : { allow: [...allow] }),
  };
}

/** Where everyone may come in already, naming some would send others away. */
function allowOf(
  { allow }: AskedOpening,
  own: LongTunnel | undefined,
  stands: boolean,
): readonly string[] | undefined {
  if (allow === undefined) return own?.allow;
  if (!stands) return [...new Set(allow)];
  return own?.allow === undefined ? undefined : [...new Set([...own.allow, ...allow])];
}

function sameNames(left: readonly string[] | undefined, right: readonly string[] | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every(name => right.includes(name));
}

/**
 * @param allowBefore who was named when it was last closed: that narrows every opening, and stays
 * @returns undefined where it is closed already
 */
export function closingOf(
  standing: Standing,
  allowBefore: readonly string[] | undefined,
  nowMs: number,
): LongTunnel | undefined {
  if (!isOpen(standing, nowMs)) return undefined;
  const own = longOf(standing.own);
  return {
    state: 'closed',
    ...(own?.targets === undefined ? {} : { targets: own.targets }),
    ...(allowBefore === undefined ? {} : { allow: [...allowBefore] }),
  };
}
