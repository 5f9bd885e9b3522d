/** Backups as devices have signed that they have them. */
import { backupTimeMs } from '../../core/backup/manifest.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Sight } from '../status/sight.ts';
import { overdueOf, type Schedules } from './schedules.ts';

type Project = StatusFile['projects'][number];
type Entry = NonNullable<Project['backups']>[number];

export interface BackupRow extends Omit<Entry, 'id' | 'stores'> {
  readonly device: string;
  readonly app: string;
  readonly backup: string;
  /** When it was begun, by the device's clock. */
  readonly time: string;
  /** `device`, and the stores that have a copy. */
  readonly where: readonly string[];
  /** It is the newest, and by the app's schedule there should be a newer one. */
  readonly overdue?: true;
}

/** What is wrong with the backups of an app. */
export interface BackupTrouble {
  readonly device: string;
  readonly app?: string;
  readonly code?: string;
  readonly message: string;
}

export interface FoundBackups {
  readonly backups: readonly BackupRow[];
  /** Backups that the device has and its status does not list. */
  readonly more: number;
  readonly troubles: readonly BackupTrouble[];
}

export interface BackupsAsked {
  readonly nowMs: number;
  readonly schedules: Schedules;
  /** Of this one alone. */
  readonly app?: string | undefined;
}

/** Newest first, of each device and app. */
export function backupsIn(
  { devices, reports }: Sight,
  { nowMs, schedules, app }: BackupsAsked,
): FoundBackups {
  const backups: BackupRow[] = [];
  const troubles: BackupTrouble[] = [];
  let more = 0;
  for (const device of devices) {
    const reported = reports.get(device);
    if (reported?.doubt !== undefined) troubles.push({ device, message: `not trusted: ${reported.doubt}` });
    for (const project of reported?.status?.projects ?? []) {
      if (app !== undefined && project.app !== app) continue;
      const late = overdueOf(project, schedules, nowMs);
      for (const entry of project.backups ?? []) {
        const row = rowOf(device, project.app, entry);
        backups.push(entry.id === late?.backup ? { ...row, overdue: true } : row);
      }
      if (late !== undefined) troubles.push({ device, app: project.app, message: late.message });
      more += project.moreBackups ?? 0;
      troubles.push(...troublesOf(device, project));
    }
  }
  return { backups, troubles, more };
}

function rowOf(device: string, app: string, { id, stores = [], ...entry }: Entry): BackupRow {
  const time = timeWord(backupTimeMs(id));
  return { device, app, backup: id, time, ...entry, where: ['device', ...stores] };
}

function troublesOf(device: string, { app, backupFailing, restore, message = '' }: Project): BackupTrouble[] {
  const troubles: BackupTrouble[] = [];
  if (backupFailing !== undefined) {
    const { code, message: words = message } = backupFailing;
    troubles.push({ device, app, code, message: words });
  }
  if (restore !== undefined && ['failed', 'unsure'].includes(restore.state)) {
    const { code, state, backup } = restore;
    troubles.push({
      device,
      app,
      message: `restore of ${backup}: ${state}`,
      ...(code === undefined ? {} : { code }),
    });
  }
  return troubles;
}
