/** What an earlier run of the agent has left running in a container: whether it still does, and another attempt to end it. */

import type { ExecEngine } from './container-exec.ts';
import { execCourse } from './container-exec.ts';
import { hangUp } from './hang-up.ts';
import type { Course, RunningCommand } from './left-running.ts';

const courseMs = 10_000;

/** @param again whether it is to be hung up. Never rejects. */
export async function courseOf(
  { engine, hijack }: ExecEngine,
  { container, user, session: id, exec }: RunningCommand,
  again: boolean,
): Promise<Course> {
  const course = (signal: AbortSignal) => execCourse(engine, exec, signal);
  const now = await course(AbortSignal.timeout(courseMs));
  if (now !== 'runs' || !again) return now;
  const mayRun = async (signal: AbortSignal) => (await course(signal)) !== 'over';
  return await hangUp({ engine, hijack }, { container, user, id, exec: { mayRun } });
}
