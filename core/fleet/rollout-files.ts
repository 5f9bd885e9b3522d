/** The rollouts of a fleet, by app and name. */
import type { CheckedFile } from './schema-check.ts';

type Rollout = CheckedFile<'rollout'>;

/** App → rollouts of it, by name, sorted. */
export type Rollouts = ReadonlyMap<string, ReadonlyMap<string, Rollout>>;

/** What was read, by blob id and path; filled and cleared of what is gone. */
export type ReadRollouts = Map<string, Rollout>;

/** @param files by `app/name` */
export function byApp(files: ReadonlyMap<string, Rollout>): Rollouts {
  const found = new Map<string, Map<string, Rollout>>();
  for (const [key, file] of [...files].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [app = '', name = ''] = key.split(/\/(.*)/s);
    found.set(app, (found.get(app) ?? new Map<string, Rollout>()).set(name, file));
  }
  return found;
}
