/** What is said of the program itself: what it is, what it is to be, and how it comes there. */
import { agentPlatform } from '../../core/agents/agent-version.ts';
import type { DesiredAgent } from '../../core/desired/agent.ts';
import { timeWord } from '../../core/time-word.ts';
import { newestWalk } from '../../core/trust/policy/walk-version.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { PassFacts } from './pass-facts.ts';
import { pinOf, rolloutOf } from './rollout-status.ts';

type Agent = StatusFile['agent'];

/** What the program knows of itself, and how an update of it goes. */
export type AgentWords = Pick<Agent, 'platform' | 'node' | 'slot' | 'update'>;

export function ownWords(): AgentWords {
  const platform = process.platform === 'linux' ? agentPlatform(process.arch) : undefined;
  return { ...(platform === undefined ? {} : { platform }), node: process.versions.node };
}

/** @param slot that it runs from @param update as it stands; undefined: it runs what is wanted, or nobody says what that is */
export function wordsWith(slot: string | undefined, update: Agent['update']): AgentWords {
  return {
    ...ownWords(),
    ...(slot === undefined ? {} : { slot }),
    ...(update === undefined ? {} : { update }),
  };
}

export interface AgentContext {
  readonly version: string;
  readonly startedMs: number;
  readonly agent?: AgentWords | undefined;
  /** As it was said last. */
  readonly lastWanted?: Agent['wanted'] | undefined;
}

export function agentOf(
  facts: PassFacts,
  { version, startedMs, agent = {}, lastWanted }: AgentContext,
): Agent {
  const desired = facts.agent;
  // Of a commit that could not be read nothing is known: what was said before stands.
  const isKnown = desired !== undefined || facts.desired !== undefined;
  const wanted = isKnown ? wantedOf(desired) : lastWanted;
  const { engineVersion } = facts;
  return {
    version,
    walk: newestWalk,
    ...(engineVersion === undefined || engineVersion === '' ? {} : { engine: engineVersion }),
    started: timeWord(startedMs),
    ...unlisted(desired),
    ...agent,
    ...(wanted === undefined ? {} : { wanted }),
  };
}

function wantedOf(desired: DesiredAgent | undefined): Agent['wanted'] {
  if (desired === undefined) return undefined;
  return { version: desired.version, ...rolloutOf(desired), ...pinOf(desired) };
}

/** Where nobody has listed the version it stays as it is, and says so. */
function unlisted(desired: DesiredAgent | undefined): Pick<Agent, 'update'> {
  const [problem] = desired?.problems ?? [];
  if (desired === undefined || problem === undefined) return {};
  const { code, message } = problem;
  return { update: { version: desired.version, phase: 'waiting', code, message: message.slice(0, 500) } };
}
