/** What a person should know, each with one word or an error code. */
import { placedMessage } from '../../core/errors.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { ObservedTunnel } from '../tunnel/controller.ts';
import { backedUpCondition } from './backup-status.ts';
import { downloadedCondition } from './next-status.ts';
import { outcomeOf, type PassFacts } from './pass-facts.ts';

/** Paths that one condition names. */
const namedLeftovers = 8;

type Condition = StatusFile['conditions'][number];

/** @param projects as the status has them */
export function conditionsOf(
  facts: PassFacts,
  tunnel: ObservedTunnel,
  projects: StatusFile['projects'] = [],
): Condition[] {
  const stop = facts.verdict?.stopped;
  const conditions = [fetchedCondition(facts), ...carriedCondition(facts)];
  if (facts.verdict !== undefined) {
    conditions.push(
      stop === undefined
        ? holds('Trusted', 'Head', 'main is trusted')
        : fails('Trusted', stop.code, stop.message),
    );
  }
  if (facts.desired?.settings.freshnessMaxAgeMs !== undefined) {
    const { staleMessage } = facts;
    conditions.push(
      staleMessage === undefined
        ? holds('Fresh', 'Fresh', freshWords(facts))
        : fails('Fresh', 'AGENT_STALE', staleMessage),
    );
  }
  if (facts.clockProblem !== undefined) {
    conditions.push(fails('ClockSynchronised', 'AGENT_CLOCK', facts.clockProblem));
  }
  if (facts.outdated !== undefined) conditions.push(currentCondition(facts.outdated));
  if (facts.heldUntilMs !== undefined) {
    conditions.push(holds('Held', 'Held', `held on the device until ${timeWord(facts.heldUntilMs)}`));
  }
  const left = facts.applied?.leftovers ?? [];
  if (left.length > 0) {
    const named = left.slice(0, namedLeftovers).map(({ path, why }) => `${path} (${why})`);
    const more = left.length > namedLeftovers ? ` and ${left.length - namedLeftovers} more` : '';
    conditions.push(fails('Removed', 'AGENT_NOT_REMOVED', `cannot be removed: ${named.join(', ')}${more}`));
  }
  const kept = (facts.applied?.projects ?? []).flatMap(({ app, kept = [] }) =>
    kept.flatMap(({ code, message, harmless }) =>
      harmless === true ? [] : [{ code, message: `${app}: ${message}` }],
    ),
  );
  const [first] = kept;
  if (first !== undefined)
    conditions.push(fails('AsDefined', first.code, kept.map(({ message }) => message).join('; ')));
  conditions.push(...rolloutCondition(facts));
  if (facts.engineError !== undefined) {
    conditions.push(fails('EngineAnswers', facts.engineError.code, facts.engineError.message));
  }
  const downloaded = downloadedCondition(facts.downloads);
  if (downloaded !== undefined) conditions.push(downloaded);
  const backedUp = backedUpCondition(projects);
  if (backedUp !== undefined) conditions.push(backedUp);
  const { wanted, error } = facts.tunnel ?? {};
  if (wanted?.state === 'open') {
    const open = tunnel.state === 'open';
    const message = error ?? wanted.reason ?? '';
    conditions.push({ type: 'TunnelOpen', status: open, reason: tunnel.state, message });
  }
  return [...conditions, readyCondition(facts)];
}

/** Apps that a rollout cannot move, or cannot take back. */
function rolloutCondition({ applied }: PassFacts): Condition[] {
  const held = (applied?.projects ?? []).filter(({ code = '' }) => code.startsWith('ROLLOUT_'));
  const [first] = held;
  if (first?.code === undefined) return [];
  return [fails('RolledOut', first.code, held.map(({ app, message }) => `${app}: ${message}`).join('; '))];
}

function fetchedCondition({ carried, fetchError }: PassFacts): Condition {
  if (fetchError !== undefined) return fails('Fetched', fetchError.code, fetchError.message);
  const { came } = carried ?? {};
  if (came !== undefined) return holds('Fetched', 'Bundle', `by a bundle of ${came}`);
  return holds('Fetched', 'Fetched', 'the gateway was asked');
}

/** How what is trusted came, where no gateway brought it; and a bundle that was brought in vain. */
function carriedCondition({ carried }: PassFacts): Condition[] {
  const { refused, byBundle } = carried ?? {};
  if (refused !== undefined) return [fails('Carried', refused.code, refused.message)];
  if (byBundle === undefined) return [];
  const message = `what is trusted came by a bundle of ${byBundle.created}; no gateway was reached since`;
  return [holds('Carried', 'Bundle', message)];
}

function freshWords({ carried, desired }: PassFacts): string {
  const { timeSec } = carried?.byBundle ?? {};
  const maxAgeMs = desired?.settings.freshnessOfflineMaxAgeMs;
  if (timeSec === undefined || maxAgeMs === undefined) return 'a recent timestamp';
  const [ofMs, untilMs] = [timeSec * 1000, timeSec * 1000 + maxAgeMs];
  return `fresh by a bundle of ${timeWord(ofMs)}, offline until ${timeWord(untilMs)}`;
}

function currentCondition(outdated: readonly string[]): Condition {
  if (outdated.length > 0) return fails('Current', 'AGENT_OUTDATED', outdated.join('; '));
  return holds('Current', 'Current', 'nothing is older than it may be');
}

function readyCondition(facts: PassFacts): Condition {
  const { problems } = facts;
  const [problem] = problems;
  if (problem !== undefined) {
    const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
    return fails('Ready', problem.code, `${placedMessage(problem)}${more}`);
  }
  const error = facts.error ?? facts.engineError;
  if (error !== undefined) {
    const where = error === facts.error ? facts.room : 'observe';
    return fails('Ready', error.code, `${where}: ${error.message}`);
  }
  const outcome = outcomeOf(facts);
  if (outcome === 'retired')
    return holds('Ready', outcome, 'the device has left the fleet: this is its last word');
  if (outcome === 'unchanged' || outcome === 'applied')
    return holds('Ready', outcome, 'all runs as the trusted commit says');
  return fails('Ready', outcome, facts.staleMessage ?? 'see the projects below');
}

function holds(type: string, reason: string, message: string): Condition {
  return { type, status: true, reason, message };
}

function fails(type: string, reason: string, message: string): Condition {
  return { type, status: false, reason, message: message.slice(0, 2000) };
}
