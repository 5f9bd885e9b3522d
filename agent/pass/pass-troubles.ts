/** What keeps a device from being as its commit says, for whoever stands before it: the log, and the answer to `agent now`. */
import { formatProblem } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ProjectState } from '../apply/outcome.ts';
import { outcomeOf, type PassFacts } from './pass-facts.ts';

const troubled = new Set<ProjectState>(['failed', 'degraded', 'rolled-back']);

/** Of long lists so many are told, each so long; the status has them all. */
const maxTold = 5;
const maxToldCharacters = 500;

/** One line each, with its code and what it concerns; none where all is well, or only waits. */
export function troublesOf(facts: PassFacts): string[] {
  const { carried, fetchError, error, engineError, problems, staleMessage, applied, verdict, tunnel } = facts;
  const stop = verdict?.stopped;
  const away = error === engineError ? undefined : engineError;
  const refused = carried?.error;
  const troubles = [
    ...(refused === undefined ? [] : [`bundle: ${refused.code}: ${refused.message}`]),
    ...(fetchError === undefined || fetchError === error
      ? []
      : [`fetch: ${fetchError.code}: ${fetchError.message}`]),
    ...(error === undefined ? [] : [`${facts.room}: ${error.code}: ${error.message}`]),
    ...(away === undefined ? [] : [`observe: ${away.code}: ${away.message}`]),
    ...(stop === undefined ? [] : [`main: ${stop.code} at ${stop.commit}: ${stop.message}`]),
    ...(staleMessage === undefined ? [] : [`stale: ${staleMessage}`]),
    ...problems.map(formatProblem),
    ...(tunnel?.error === undefined ? [] : [`tunnel: ${tunnel.error}`]),
  ];
  for (const { project, state, code, message } of applied?.projects ?? []) {
    if (!troubled.has(state)) continue;
    troubles.push([project, code, message ?? state].filter(word => word !== undefined).join(': '));
  }
  const told = troubles.slice(0, maxTold).map(trouble => trouble.slice(0, maxToldCharacters));
  const more = troubles.length - told.length;
  return more > 0 ? [...told, `and ${more} more`] : told;
}

/** A line in the log, and a second one where something has happened and not all is well. */
export function tellEnd(facts: PassFacts, log: Pick<Log, 'info' | 'debug' | 'warn'>): void {
  const { steps, pushed, verdict } = facts;
  const ended = { outcome: outcomeOf(facts), steps, pushed, trusted: verdict?.trusted.commit };
  const isNews = steps > 0 || pushed;
  const troubles = troublesOf(facts);
  if (isNews && troubles.length > 0) log.warn({ troubles }, 'not all is as the commit says');
  log[isNews ? 'info' : 'debug'](ended, 'pass ended');
}
