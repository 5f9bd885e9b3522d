/** What is said of rollouts and pins. */
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { Standing } from '../../core/rollout/standing.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];

/** Of a commit that could not be read nothing is known: what was said before stands. */
export function withRollouts(projects: readonly Project[], desired: DesiredState | undefined): Project[] {
  if (desired === undefined) return [...projects];
  const wanted = new Map(desired.projects.map(project => [project.name, project]));
  return projects.map(({ rollout: _rollout, pinned: _pinned, ...project }) => {
    const now = wanted.get(project.project);
    return now === undefined
      ? project
      : { ...project, ...rolloutOf(now), ...pinOf(now), ...waitsOf(now, project) };
  });
}

export function rolloutOf({ rollout }: Standing): Pick<Project, 'rollout'> {
  if (rollout === undefined) return {};
  const { name, stage, state, atMs } = rollout;
  const own = stage === undefined ? {} : { stage };
  return { rollout: { name, ...own, state, ...(atMs === undefined ? {} : { until: timeWord(atMs) }) } };
}

export function pinOf({ pin }: Standing): Pick<Project, 'pinned'> {
  if (pin === undefined) return {};
  const { untilMs, reason } = pin;
  const until = untilMs === undefined ? {} : { until: timeWord(untilMs) };
  return { pinned: { ...until, ...(reason === undefined ? {} : { reason }) } };
}

/** Where nothing else is to be said of it. */
function waitsOf({ rollout }: DesiredProject, { message }: Project): Pick<Project, 'message'> {
  if (rollout?.state !== 'waits' || rollout.atMs === undefined || message !== undefined) return {};
  const { name, stage, atMs } = rollout;
  return { message: `waits until ${timeWord(atMs)}: stage ${stage} of rollout ${name} is open from then on` };
}
