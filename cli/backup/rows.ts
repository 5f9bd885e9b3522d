/** Backups as devices have signed that they have them. */
import { backupTimeMs } from '../../core/backup/manifest.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Sight } from '../status/sight.ts';

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

/** Newest first, of each device and app. @param app of this one alone */
export function backupsIn({ devices, reports }: Sight, app?: string): FoundBackups {
  const backups: BackupRow[] = [];
  const troubles: BackupTrouble[] = [];
  let more = 0;
  for (const device of devices) {
    const reported = reports.get(device);
    if (reported?.doubt !== undefined) troubles.push({ device, message: `not trusted: ${reported.doubt}` });
    for (const project of reported?.status?.projects ?? []) {
      if (app !== undefined && project.app !== app) continue;
      backups.push(...(project.backups ?? []).map(entry => rowOf(device, project.app, entry)));
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
