/** What a device says of itself as a whole: of its status that it has signed. */
import { timeWord } from '../../../core/time-word.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Device } from '../../api/types.generated.ts';
import type { BoardRow } from '../board/board-row.ts';

type Report = NonNullable<Device['report']>;

/** @param commit of its branch */
export function reportOf(status: StatusFile, commit: string, { distance }: BoardRow): Report {
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
    ...(agent.engine === undefined ? {} : { engine: agent.engine }),
    ...(agent.started === undefined ? {} : { started: agent.started }),
    ...(agent.walk === undefined ? {} : { walk: agent.walk }),
    ...(host === undefined ? {} : { host: { ...host } }),
    conditions: conditions.map(condition => ({ ...condition })),
    ...(stopped === undefined ? {} : { stopped: shownStop(stopped) }),
  };
}

const shownStop = ({ code, message, commit, path }: NonNullable<StatusFile['stopped']>) => ({
  ...{ code, message },
  ...(commit === undefined ? {} : { commit }),
  ...(path === undefined ? {} : { path }),
});
