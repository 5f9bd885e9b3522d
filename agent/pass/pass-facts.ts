/** What a pass found out, room by room; the status is computed from it once, at the end. */

import type { DesiredAgent } from '../../core/desired/agent.ts';
import type { DesiredState, DesiredWayIn } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, type Problem, TowlineError } from '../../core/errors.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import type { Capability } from '../../core/plan/observed.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { DownloadState } from '../apply/download-state.ts';
import type { ApplyOutcome } from '../apply/outcome.ts';
import type { CarriedFacts } from '../bundle/carried-memory.ts';
import type { Pulls } from '../runtime/runtime.ts';
import type { TunnelWish } from '../tunnel/tunnel-keeper.ts';
import type { Verdict } from '../verify/verify.ts';

export type Room = 'fetch' | 'verify' | 'desired' | 'observe' | 'plan' | 'apply' | 'report';

export interface PassFacts {
  /** Id of the pass, in every line of the log. */
  readonly pass: string;
  room: Room;
  /** The gateway could not be asked; the pass went on with what is on the disk. */
  fetchError?: TowlineError;
  /** Of what was imported. */
  carried?: CarriedFacts;
  verdict?: Verdict;
  /** What this pass itself came to trust and follows; `verdict` may be a newer one. */
  followed?: ObjectId;
  desired?: DesiredState;
  /** Also where problems leave nothing desired. */
  wayIn?: DesiredWayIn;
  /** Which agent is wanted; also where problems leave nothing else desired. */
  agent?: DesiredAgent;
  /** What is wrong with this device's part of the trusted commit. */
  problems: readonly Problem[];
  staleMessage: string | undefined;
  engineVersion?: string;
  /** What the engine's machine is; absent: it has not answered. */
  machine?: Pick<Capability, 'platform' | 'memory'>;
  /** What runs the apps does not answer, or makes no sense: nobody knows how they are. */
  engineError?: TowlineError;
  /** What is wanted of the tunnel now. */
  tunnel?: TunnelWish;
  /** Why the clock is not to be believed. */
  clockProblem?: string;
  /** What is older than the fleet says it may be, a sentence each. Undefined: nothing is required. */
  outdated?: readonly string[];
  /** `towline agent hold`, milliseconds since the epoch. */
  heldUntilMs?: number;
  steps: number;
  /** In a status that is pushed while the pass goes on: images on their way, if any. */
  pulls?: Pulls;
  /** And names of the projects that are being brought to what is wanted. */
  underWay?: ReadonlySet<string>;
  applied?: ApplyOutcome;
  /** What comes ahead, as it is now. */
  downloads?: readonly DownloadState[];
  /** Where the pass ended early, and why. */
  error?: TowlineError;
  pushed: boolean;
  /** The device is retired, that is done and said: from now on it asks nothing and says nothing. */
  silent?: boolean;
}

export function beginFacts(pass: string): PassFacts {
  return { pass, room: 'fetch', problems: [], staleMessage: undefined, steps: 0, pushed: false };
}

/** An error of any kind as one of ours. */
export function asTowlineError(thrown: unknown): TowlineError {
  const error = namedIfDiskFull(thrown);
  if (isTowlineError(error)) return error;
  const message = messageOf(error);
  return new TowlineError('AGENT_FAILED', message, { cause: error });
}

/** Whether it leaves the fleet, and what was to become of its apps has. */
function isRetired({ applied, desired }: PassFacts): boolean {
  return desired?.retired !== undefined && ['applied', 'unchanged'].includes(applied?.outcome ?? '');
}

/** Nothing is left to do, to say or to hear: the gateway was asked in this pass, and has answered or refused. */
export function fallsSilent(facts: PassFacts): boolean {
  const { fetchError } = facts;
  return isRetired(facts) && (fetchError === undefined || fetchError.code === 'AGENT_REFUSED');
}

/**
 * How old what is trusted may be, milliseconds. A retirement that was carried out while it was fresh holds: whoever has left
 * is given no timestamps any more, and what was stopped stays so.
 */
export function maxAgeOf(
  desired: DesiredState | undefined,
  applied: string | undefined,
  { byBundle }: Pick<CarriedFacts, 'byBundle'>,
): number | undefined {
  if (desired?.retired !== undefined && desired.commit === applied) return undefined;
  const { freshnessMaxAgeMs, freshnessOfflineMaxAgeMs } = desired?.settings ?? {};
  return byBundle === undefined ? freshnessMaxAgeMs : (freshnessOfflineMaxAgeMs ?? freshnessMaxAgeMs);
}

export function outcomeOf(facts: PassFacts): StatusFile['outcome'] {
  if (facts.staleMessage !== undefined) return 'stale';
  const { applied, steps } = facts;
  if (isRetired(facts)) return 'retired';
  // A tunnel that was opened or closed is a change, too.
  if (applied !== undefined)
    return applied.outcome === 'unchanged' && steps > 0 ? 'applied' : applied.outcome;
  if (facts.engineError !== undefined) return 'failed';
  if (facts.pulls !== undefined) return 'progressing';
  return 'failed';
}

/** The commit of this pass, where all its projects are healthy. */
export function appliedCommit({ applied, desired }: PassFacts): string | undefined {
  if (applied === undefined || !['applied', 'unchanged'].includes(applied.outcome)) return undefined;
  return applied.projects.every(({ state }) => ['healthy', 'removed', 'stopped'].includes(state))
    ? desired?.commit
    : undefined;
}
