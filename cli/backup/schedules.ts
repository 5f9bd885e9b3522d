/** When backups are due by the files of the releases that devices run. */
import { nextTime } from '../../core/backup/due.ts';
import { backupTimeMs } from '../../core/backup/manifest.ts';
import { readAt } from '../../core/fleet/load-device.ts';
import { appPath } from '../../core/fleet/paths.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { openSnapshot } from '../desk/repository.ts';
import type { Sight } from '../status/sight.ts';

type Project = StatusFile['projects'][number];

/** Of an app in a release → cron expression. */
export type Schedules = ReadonlyMap<string, string>;

const fileOf = ({ app, release }: Pick<Project, 'app' | 'release'>): string => appPath(app, release);

/** Of apps that have backups. One that the commit does not have any more has none. */
export async function schedulesOf(repo: string, { fleet, reports }: Sight): Promise<Schedules> {
  const { commit } = fleet;
  const projects = [...reports.values()].flatMap(({ status }) => status?.projects ?? []);
  const paths = new Set(projects.filter(({ backups }) => backups !== undefined).map(fileOf));
  const found = new Map<string, string>();
  if (paths.size === 0) return found;
  await using snapshot = await openSnapshot({ repo, commit });
  for (const path of paths) {
    const file = await readAt({ reader: snapshot.files, commit, problems: [] }, 'app', path);
    const { schedule, before = 'upgrade' } = file?.value.backup ?? {};
    if (schedule !== undefined && before !== 'upgrade') found.set(path, schedule);
  }
  return found;
}

export interface Overdue {
  /** The newest that is there. */
  readonly backup: string;
  readonly message: string;
}

/**
 * Its time has come twice since the newest was begun: once may be a window that has not opened yet, or a report that is
 * on its way. Of an app without any nobody at the desk knows since when it has a schedule: the device says what fails.
 */
export function overdueOf(project: Project, schedules: Schedules, nowMs: number): Overdue | undefined {
  const expression = schedules.get(fileOf(project));
  const newest = project.backups?.find(({ cause }) => cause !== 'aside');
  if (expression === undefined || newest === undefined) return undefined;
  const due = nextTime(expression, backupTimeMs(newest.id));
  const again = due === undefined ? undefined : nextTime(expression, due);
  if (due === undefined || again === undefined || again > nowMs) return undefined;
  return { backup: newest.id, message: `a backup is overdue since ${timeWord(due)}` };
}
