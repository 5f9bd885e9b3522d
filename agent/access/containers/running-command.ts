/** What runs for somebody in a container, as it is written down and named. */
import type { RunningCommand } from '../engine/left-running.ts';
import type { LiveSession } from '../sessions/live-session.ts';
import type { SessionPlace } from './entered-session.ts';

/** Of a command, in what is kept of it. */
const longestWhat = 300;

/** @param exec id of the engine */
export function runningCommand({ entered }: SessionPlace, live: LiveSession, exec: string): RunningCommand {
  const { container, user, app, service } = entered;
  const { id: session, operator, command = 'shell', startedMs: sinceMs } = live.start;
  const what = command.slice(0, longestWhat);
  const as = user === undefined ? {} : { user };
  return { operator, app, service, what, sinceMs, container, exec, session, ...as };
}
