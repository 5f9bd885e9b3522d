/** Apps and their releases: what main has, who is to have it, and who says that it runs there. */
import { TowlineError } from '../../../core/errors.ts';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { releasePath } from '../../../core/fleet/paths.ts';
import type { App, AppRow, Apps, ReleaseWord } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { rolloutRow, seenReports } from '../rollouts.ts';
import type { SeenRow, Sight } from '../sight.ts';
import { shownCommit } from './shown-commit.ts';

/** Apps that this viewer sees: all where they read the repository, else those of their devices. */
export function seenApps(fleet: Fleet, sight: Sight): ReadonlySet<string> {
  if (sight.readsRepository) return new Set(fleet.apps.keys());
  return new Set(
    sight.rows.flatMap(({ row }) =>
      [...row.wanted.apps, ...(row.facts?.word.apps ?? [])].map(({ app }) => app),
    ),
  );
}

/** @throws TowlineError PORTAL_NOT_FOUND */
export function assertApp(fleet: Fleet, sight: Sight, app: string): void {
  if (!fleet.apps.has(app) || !seenApps(fleet, sight).has(app))
    throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such app');
}

export const wants =
  (app: string, release?: string) =>
  ({ row }: SeenRow): boolean =>
    row.wanted.apps.some(one => one.app === app && (release === undefined || one.release === release));

export const says =
  (app: string, release?: string) =>
  ({ row, reads }: SeenRow): boolean =>
    reads &&
    row.facts?.word.apps.some(
      one => one.app === app && (release === undefined || one.release === release),
    ) === true;

const bad: ReadonlySet<string> = new Set(['failed', 'rolled-back', 'degraded']);

const failsIn =
  (app: string, release?: string) =>
  ({ row, reads }: SeenRow): boolean =>
    reads &&
    row.facts?.word.apps.some(
      one =>
        one.app === app &&
        bad.has(one.state) &&
        (release === undefined || (one.wantedRelease ?? one.release) === release),
    ) === true;

/** @throws TowlineError when main's history cannot be read; the signal's reason */
export async function appList(model: Model, sight: Sight, signal: AbortSignal): Promise<Apps> {
  const { fleet, commit } = model.seen;
  const reports = seenReports(await model.rollouts.reports(model.seen, signal), sight);
  const { rows } = sight;
  return {
    commit,
    apps: [...seenApps(fleet, sight)]
      .filter(app => fleet.apps.has(app))
      .sort()
      .map(app => ({
        ...appRow(fleet, app, rows),
        rollouts: reports.flatMap(({ key, rollout }) => (rollout.file.value.app === app ? [key] : [])),
      })),
  };
}

function appRow(fleet: Fleet, app: string, rows: readonly SeenRow[]): Omit<AppRow, 'rollouts'> {
  const versions: Record<string, number> = {};
  for (const { row } of rows)
    for (const { app: name, release } of row.wanted.apps)
      if (name === app && release !== undefined) versions[release] = (versions[release] ?? 0) + 1;
  return {
    ...{ app, versions, releases: fleet.apps.get(app)?.releases.size ?? 0 },
    devices: rows.filter(wants(app)).length,
    troubled: rows.filter(failsIn(app)).length,
  };
}

/** @throws TowlineError PORTAL_NOT_FOUND; what main's history throws; the signal's reason */
export async function appPage(model: Model, sight: Sight, app: string, signal: AbortSignal): Promise<App> {
  const { fleet, commit } = model.seen;
  assertApp(fleet, sight, app);
  const reports = seenReports(await model.rollouts.reports(model.seen, signal), sight);
  const { rows } = sight;
  const releases: ReleaseWord[] = [];
  for (const [version, { value }] of fleet.apps.get(app)?.releases ?? []) {
    const made = await model.madeBy(releasePath(app, version), signal);
    const { notes, withdrawn, breaking, migration } = value;
    releases.push({
      version,
      ...(made === undefined ? {} : { made: shownCommit(made, sight) }),
      ...(notes === undefined ? {} : { notes }),
      ...(withdrawn === undefined ? {} : { withdrawn }),
      ...(breaking === undefined ? {} : { breaking }),
      ...(migration === undefined ? {} : { migration }),
      wanted: rows.filter(wants(app, version)).length,
      running: rows.filter(says(app, version)).length,
      failed: rows.filter(failsIn(app, version)).length,
    });
  }
  return {
    ...{ app, commit, releases: newestFirst(releases), assignedBy: assigning(fleet, app, sight) },
    rollouts: reports
      .filter(({ rollout }) => rollout.file.value.app === app)
      .map(report => rolloutRow(report, sight)),
  };
}

export const newestFirst = (releases: readonly ReleaseWord[]): ReleaseWord[] =>
  releases.toSorted((left, right) => {
    const [a, b] = [left.made?.time ?? '~', right.made?.time ?? '~'];
    return a < b ? 1 : a > b ? -1 : left.version < right.version ? 1 : -1;
  });

/** Files that name it: of fleet and groups, and of devices that this viewer sees. */
export function assigning(fleet: Fleet, app: string, sight: Sight): App['assignedBy'] {
  const wide = sight.readsRepository ? [fleet.file, ...fleet.groups.values()] : [];
  const own = [...fleet.devices].flatMap(([id, file]) => (sight.sees(id) ? [file] : []));
  return [...wide, ...own].flatMap(({ path, value }) => {
    const assigned = value.apps?.[app];
    if (assigned === undefined) return [];
    return [{ path, ...(assigned.release === undefined ? {} : { release: assigned.release }) }];
  });
}
