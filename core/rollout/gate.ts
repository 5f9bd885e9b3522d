/** Whether the devices of a rollout's open stages let the next one open. */
import type { Gate, RolloutFile } from '../../schemas/types.generated.ts';
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

/**
 * In whole numbers: 0.55 * 100 is more than 55.
 * @param part `95%`
 * @returns less than 0: they are fewer than that part
 */
const compared = (count: number, part: string, of: number): number =>
  count * 10_000 - Math.round(Number(part.slice(0, -1)) * 100) * of;

/** The newest of those that are open. */
export interface NewestStage {
  /** From 1. */
  readonly stage: number;
  readonly file: RolloutFile['stages'][number] | undefined;
}

export function judgeGate({ stage, file }: NewestStage, { standings, outage }: RolloutCount): GateJudgement {
  const { min, success, failures: most } = { ...gateDefaults, ...file?.gate };
  const of = byState(standings);
  const failures = outage === undefined ? [...of.failed, ...of.dark] : of.failed;
  const decided = of.done.length + failures.length;
  const common = { of, failures };
  // A part of too few says nothing.
  const isOver =
    typeof most === 'number'
      ? failures.length > most
      : decided >= min && compared(failures.length, most, decided) > 0;
  if (isOver) {
    const allowed = typeof most === 'number' ? `${most}` : most;
    return { ...common, verdict: 'over', words: `${failures.length} of ${decided} failed, ${allowed} may` };
  }
  const waiting = of.pending.length + (outage === undefined ? 0 : of.dark.length);
  if (waiting > 0) return { ...common, verdict: 'open', words: `${waiting} are not there yet` };
  if (of.done.length < min)
    return { ...common, verdict: 'short', words: `${of.done.length} have it and are well, ${min} must` };
  if (!of.done.some(standing => standing.stage === stage))
    return { ...common, verdict: 'short', words: `nobody of stage ${file?.name} has it and is well` };
  if (compared(of.done.length, success, decided) < 0)
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
