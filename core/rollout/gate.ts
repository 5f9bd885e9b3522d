/** Whether the devices of a rollout's open stages let the next one open. */
import type { Gate } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import type { DeviceStanding, DeviceState, RolloutCount } from './tally.ts';

/** Of one rollout, over all its open stages. */
export interface GateJudgement {
  /** over: more failed than may. open: not all have decided. short: all have, and too few are well. passed: on. */
  readonly verdict: 'over' | 'open' | 'short' | 'passed';
  readonly of: Readonly<Record<DeviceState, readonly DeviceStanding[]>>;
  /** Failed, and dark unless telemetry itself is silent. */
  readonly failures: readonly DeviceStanding[];
  /** What is not so: `1 of 12 failed, 0 may`. */
  readonly words: string;
}

const gateDefaults = { min: 1, success: '100%', failures: 0, within: '7d' } as const;

export const withinMsOf = (gate: Gate = {}): number => parseDuration(gate.within ?? gateDefaults.within);

/** @param text `95%` */
const partOf = (text: string): number => Number(text.slice(0, -1)) / 100;

export function judgeGate(gate: Gate = {}, { standings, outage }: RolloutCount): GateJudgement {
  const { min, success, failures: most } = { ...gateDefaults, ...gate };
  const of = byState(standings);
  const failures = outage === undefined ? [...of.failed, ...of.dark] : of.failed;
  const decided = of.done.length + failures.length;
  const common = { of, failures };
  // A part of too few says nothing.
  const may = typeof most === 'number' ? most : decided < min ? decided : partOf(most) * decided;
  if (failures.length > may) {
    const allowed = typeof most === 'number' ? `${most}` : most;
    return { ...common, verdict: 'over', words: `${failures.length} of ${decided} failed, ${allowed} may` };
  }
  const waiting = of.pending.length + (outage === undefined ? 0 : of.dark.length);
  if (waiting > 0) return { ...common, verdict: 'open', words: `${waiting} are not there yet` };
  if (of.done.length < min)
    return { ...common, verdict: 'short', words: `${of.done.length} have it and are well, ${min} must` };
  if (of.done.length < partOf(success) * decided)
    return {
      ...common,
      verdict: 'short',
      words: `${of.done.length} of ${decided} are well, ${success} must`,
    };
  return { ...common, verdict: 'passed', words: '' };
}

function byState(standings: readonly DeviceStanding[]): Record<DeviceState, DeviceStanding[]> {
  const of: Record<DeviceState, DeviceStanding[]> = {
    ...{ pinned: [], absent: [], pending: [] },
    ...{ done: [], failed: [], dark: [] },
  };
  for (const standing of standings) of[standing.state].push(standing);
  return of;
}
