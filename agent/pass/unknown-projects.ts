/** What is said of apps while what runs them does not answer: that nobody knows how they are. */
import type { DesiredState } from '../../core/desired/state.ts';
import type { TowlineError } from '../../core/errors.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];

/** Those that were there when it last answered, and those that the commit wants here. */
export function unknownProjects(
  { code, message }: TowlineError,
  last: readonly Project[],
  desired: DesiredState | undefined,
): Project[] {
  const known = new Set(last.map(({ project }) => project));
  const wanted = (desired?.projects ?? []).filter(({ name }) => !known.has(name));
  const all = [...last, ...wanted.map(({ app, name }) => ({ app, project: name }))];
  const words = { state: 'unknown' as const, message: `${code}: ${message}`.slice(0, 2000), services: [] };
  return all
    .map(({ message: _before, lastWords: _words, ...project }: Omit<Project, 'state' | 'services'>) => ({
      ...project,
      ...words,
    }))
    .sort((a, b) => (a.project < b.project ? -1 : 1));
}
