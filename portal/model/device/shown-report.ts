/** What a device says of itself as a whole: of its status that it has signed. */
import { supportFacts, supportSentence, supportWords } from '../../../core/support/judge.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Device } from '../../api/types.generated.ts';
import type { BoardRow } from '../board/board-row.ts';

type Report = NonNullable<Device['report']>;

/** `commit`: of its branch. `nowMs`: milliseconds since the epoch. */
export function reportOf(
  status: StatusFile,
  { commit, nowMs }: { readonly commit: string; readonly nowMs: number },
  { distance }: BoardRow,
): Report {
  const { time, trusted, outcome, pass, agent, host, conditions, stopped, projects } = status;
  const health: Record<string, number> = {};
  for (const { state } of projects) health[state] = (health[state] ?? 0) + 1;
  return {
    ...{ commit, time, outcome, health, trusted: trusted.commit },
    ...(distance === undefined ? {} : { behind: distance.behind, ahead: distance.ahead }),
    ...(distance?.behindSinceMs === undefined ? {} : { behindSince: timeWord(distance.behindSinceMs) }),
    ...(trusted.lineTime === undefined ? {} : { lineTime: trusted.lineTime }),
    ...(pass === undefined ? {} : { pass }),
    agent: agent.version,
    ...updateOf(agent),
    ...supportOf(status, nowMs),
    ...(agent.engine === undefined ? {} : { engine: agent.engine }),
    ...(agent.started === undefined ? {} : { started: agent.started }),
    ...(agent.walk === undefined ? {} : { walk: agent.walk }),
    ...(host === undefined ? {} : { host: { ...host } }),
    conditions: conditions.map(condition => ({ ...condition })),
    ...(stopped === undefined ? {} : { stopped: shownStop(stopped) }),
  };
}

function updateOf({ update, wanted }: StatusFile['agent']): Pick<Report, 'agentUpdate'> {
  if (update === undefined) return {};
  const { version, phase, code, message } = update;
  const stage = wanted?.rollout?.stage === undefined ? '' : `, stage ${wanted.rollout.stage}`;
  const rollout = wanted?.rollout === undefined ? '' : ` (rollout ${wanted.rollout.name}${stage})`;
  const why = [code, message].filter(word => word !== undefined).join(': ');
  return { agentUpdate: `${version}${rollout}: ${phase}${why === '' ? '' : `, ${why}`}` };
}

function supportOf(status: StatusFile, nowMs: number): Pick<Report, 'outOfSupport'> {
  const words = supportWords(supportFacts(status), nowMs);
  return words.length === 0 ? {} : { outOfSupport: words.map(supportSentence) };
}

const shownStop = ({ code, message, commit, path }: NonNullable<StatusFile['stopped']>) => ({
  ...{ code, message },
  ...(commit === undefined ? {} : { commit }),
  ...(path === undefined ? {} : { path }),
});
