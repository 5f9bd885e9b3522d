/** What a bot does next with one rollout. Time and what devices have said come in; nothing is done here. */

import { parseDuration } from '../duration.ts';
import { someOf } from '../some-of.ts';
import { type GateJudgement, judgeGate, withinMsOf } from './gate.ts';
import { defaultHold, type NamedRollout } from './stage.ts';
import type { DeviceStanding, RolloutCount } from './tally.ts';

export type RolloutStep =
  /** The next stage is opened. @see `since`: now */
  | { readonly kind: 'advance'; readonly stage: number }
  /** No further stage, until people say so. */
  | { readonly kind: 'pause'; readonly reason: string; readonly devices: readonly string[] }
  | {
      readonly kind: 'wait';
      readonly for: 'devices' | 'hold' | 'people';
      readonly why: string;
      readonly devices: readonly string[];
      /** Until then at the latest or, of a hold, exactly; milliseconds since the epoch. */
      readonly untilMs?: number;
    }
  /** All stages are open and counted. */
  | { readonly kind: 'complete'; readonly absent: readonly string[]; readonly failed: readonly string[] }
  /** It is not a bot's to go on with. */
  | { readonly kind: 'over'; readonly why: 'aborted' | 'superseded' | 'paused'; readonly by?: string }
  /** What is needed to judge cannot be read: nothing is done, and people are told. */
  | { readonly kind: 'inconclusive'; readonly why: string };

export interface StepQuestion {
  readonly rollout: NamedRollout;
  readonly count: RolloutCount;
  readonly nowMs: number;
  /** When the bot saw this stage on main for the first time; a commit that waited for its merge was made long before. */
  readonly seenMs?: number | undefined;
  /** The rollout that supersedes it. */
  readonly supersededBy?: string | undefined;
  /** Why nothing can be judged. */
  readonly inconclusive?: string | undefined;
}

/** `since` has whole seconds, and is another one with each stage. */
const leastMs = 1000;
export function nextStep(question: StepQuestion): RolloutStep {
  const { file } = question.rollout;
  const { stage, stages, aborted, paused } = file.value;
  if (aborted === true) return { kind: 'over', why: 'aborted' };
  if (question.supersededBy !== undefined)
    return { kind: 'over', why: 'superseded', by: question.supersededBy };
  if (paused === true) return { kind: 'over', why: 'paused' };
  if (question.inconclusive !== undefined) return { kind: 'inconclusive', why: question.inconclusive };
  if (stage === 0) return firstStep(question);
  return ofOpenStage(question, judgeGate({ stage, file: stages[stage - 1] }, question.count));
}

/** People say from when on a bot may begin: without a moment of theirs, it does not. */
function firstStep({ rollout, nowMs }: StepQuestion): RolloutStep {
  const { stages, since } = rollout.file.value;
  if (stages[0]?.promote === 'people' || since === undefined) return waitsForPeople(1);
  const untilMs = Date.parse(since) + leastMs;
  if (nowMs >= untilMs) return { kind: 'advance', stage: 1 };
  return { kind: 'wait', for: 'hold', why: 'begins then', devices: [], untilMs };
}

function ofOpenStage(question: StepQuestion, gate: GateJudgement): RolloutStep {
  const { count, nowMs, rollout } = question;
  const { stage, stages } = rollout.file.value;
  const { hold = defaultHold, gate: rule } = stages[stage - 1] ?? {};
  const openedMs = openedMsOf(question);
  const lateMs = openedMs + withinMsOf(rule);
  if (gate.verdict === 'over') return pausedBy(gate.words, gate.failures);
  if (count.outage !== undefined) {
    const { silent, of } = count.outage;
    const why = `telemetry: ${silent} of ${of} devices outside of the open stages are silent too`;
    return pausedBy(why, gate.of.dark);
  }
  if (gate.verdict !== 'passed') {
    const devices = gate.verdict === 'open' ? gate.of.pending : [...gate.failures, ...gate.of.absent];
    if (nowMs >= lateMs) return pausedBy(`not in time: ${gate.words}`, devices);
    return { kind: 'wait', for: 'devices', why: gate.words, devices: idsOf(devices), untilMs: lateMs };
  }
  if (stage >= stages.length)
    return { kind: 'complete', absent: idsOf(gate.of.absent), failed: idsOf(gate.failures) };
  const holdMs = openedMs + Math.max(leastMs, parseDuration(hold));
  if (nowMs < holdMs)
    return { kind: 'wait', for: 'hold', why: `held for ${hold}`, devices: [], untilMs: holdMs };
  return stages[stage]?.promote === 'people'
    ? waitsForPeople(stage + 1)
    : { kind: 'advance', stage: stage + 1 };
}

/** By the file, and not before the bot has seen it. */
function openedMsOf({ rollout, seenMs = 0 }: StepQuestion): number {
  const { since } = rollout.file.value;
  return Math.max(since === undefined ? 0 : Date.parse(since), seenMs);
}

const waitsForPeople = (stage: number): RolloutStep => ({
  kind: 'wait',
  for: 'people',
  why: `stage ${stage} is opened by people`,
  devices: [],
});

const idsOf = (standings: readonly DeviceStanding[]): string[] => standings.map(({ device }) => device);

function pausedBy(words: string, standings: readonly DeviceStanding[]): RolloutStep {
  return { kind: 'pause', reason: reasonOf(words, standings), devices: idsOf(standings) };
}

/** `2 of 12 failed, 0 may: pump-3 (rolled back), pump-4 (went dark)` @returns no more than the schema allows */
function reasonOf(words: string, standings: readonly DeviceStanding[]): string {
  const named = standings.map(({ device, why }) => (why === '' ? device : `${device} (${why.slice(0, 60)})`));
  const names = named.length === 0 ? '' : `: ${someOf(named)}`;
  return `${words}${names}`.slice(0, 500);
}
