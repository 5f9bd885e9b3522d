/** The release of an app that comes next: read as the one that runs is, and never in its way. */
import type { Problem } from '../errors.ts';
import { desiredProject, type ProjectRequest } from './project.ts';
import type { DesiredNext } from './state.ts';

interface Found {
  readonly next?: DesiredNext;
  /** That it is withdrawn: said where it is assigned, as of a release that runs. */
  readonly warnings: readonly Problem[];
}

const isWithdrawal = ({ code }: Problem): boolean => code === 'FLEET_RELEASE_WITHDRAWN';

/**
 * @param request of the app as it runs; its `next` says which release is meant
 * @throws TowlineError when an object is missing or malformed
 */
export async function desiredNext(request: ProjectRequest): Promise<Found> {
  const { app, assignedBy, projectPrefix } = request;
  const release = app.next;
  if (release === undefined) return { warnings: [] };
  const { naming, problems, warnings } = await desiredProject({
    ...request,
    app: { ...app, release, next: undefined },
    assignedBy: part => assignedBy(part === 'release' ? 'next' : part),
  });
  const withdrawn = warnings.filter(isWithdrawal);
  const refused = [...problems, ...withdrawn];
  const next = { app: app.app, project: projectPrefix + app.app, release, problems: refused };
  if (naming === undefined || refused.length > 0) return { next, warnings: withdrawn };
  const { secrets: _secrets, ...would } = naming.project;
  return { next: { ...next, would: { ...would, files: new Map() } }, warnings: withdrawn };
}

/** What is wrong with releases that come next, for those who may still mend it. */
export function nextProblems(next: readonly DesiredNext[]): Problem[] {
  return next.flatMap(({ problems }) => problems.filter(problem => !isWithdrawal(problem)));
}
