import { outcomeOf, type PassFacts } from './pass-facts.ts';

/** What `--once` and `agent now` exit with. */
export const agentExitCode = {
  done: 0,
  usage: 2,
  stopped: 3,
  rolledBack: 4,
  failed: 5,
  unreachable: 6,
  /** Another version of the agent is to be started in its place. */
  another: 75,
} as const;

/** The first that holds: retired and done with it, a bundle refused, not asked, failed, rolled back, stopped before the head. */
export function exitCodeOf(facts: PassFacts): number {
  if (facts.silent === true) return agentExitCode.done;
  if (facts.fetchError?.code === 'AGENT_DISK_FULL') return agentExitCode.failed;
  if (facts.carried?.error !== undefined) return agentExitCode.failed;
  if (facts.fetchError !== undefined) return agentExitCode.unreachable;
  const outcome = outcomeOf(facts);
  if (outcome === 'failed' || outcome === 'degraded' || outcome === 'stale') return agentExitCode.failed;
  if (outcome === 'rolled-back') return agentExitCode.rolledBack;
  if (facts.verdict?.stopped !== undefined) return agentExitCode.stopped;
  return agentExitCode.done;
}
