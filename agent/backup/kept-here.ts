/** What there is of the data of apps besides what they have now: for a person at the device. */
import path from 'node:path';
import { asideId, type RestoreNote } from '../../core/backup/restore-note.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import { timeWord } from '../../core/time-word.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import { backupsOf } from './backup-folder.ts';
import { storesWithCopy } from './store-marks.ts';

export interface KeptBackup {
  readonly app: string;
  readonly backup: string;
  /** When it was begun, by the device's clock. */
  readonly time: string;
  readonly release?: string;
  readonly cause: string;
  /** Of its files. */
  readonly bytes: number;
  /** Keys of the Compose file. */
  readonly volumes: readonly string[];
  /** That have a copy. */
  readonly stores: readonly string[];
}

export interface DamagedBackup {
  readonly app: string;
  readonly backup: string;
  readonly message: string;
}

export interface KeptHere {
  /** Newest first, of each app. */
  readonly backups: readonly KeptBackup[];
  readonly damaged: readonly DamagedBackup[];
  /** What a restore has put aside, until the app is healthy. */
  readonly aside: readonly { readonly app: string; readonly backup: string; readonly restored: string }[];
  /** That are not over. `damaged`: nobody knows which. */
  readonly restores: readonly WaitingRestore[];
}

export interface WaitingRestore {
  readonly app: string;
  readonly backup?: string;
  readonly cause?: RestoreNote['cause'];
  readonly state: RestoreNote['phase'] | 'damaged';
  readonly code?: string;
  readonly message?: string;
}

export interface KeptRoom {
  readonly root: string;
  readonly store: ProjectStore;
  readonly projectPrefix: string;
}

/** Reads what is durable, also beside an agent that runs. @param only of this app alone */
export async function keptHere({ root, store, projectPrefix }: KeptRoom, only?: string): Promise<KeptHere> {
  const appOf = (project: string) =>
    project.startsWith(projectPrefix) ? project.slice(projectPrefix.length) : project;
  const isMeant = (project: string) => only === undefined || appOf(project) === only;
  const backups: KeptBackup[] = [];
  const damaged: DamagedBackup[] = [];
  for (const project of (await namesIn(root)).filter(isMeant).sort()) {
    const app = appOf(project);
    const found = await backupsOf(root, project);
    for (const { id, atMs, release, cause, volumes } of found.backups)
      backups.push({
        ...{ app, backup: id, time: timeWord(atMs) },
        ...(release === undefined ? {} : { release }),
        ...{ cause, bytes: volumes.reduce((sum, { bytes }) => sum + bytes, 0) },
        volumes: volumes.map(({ key }) => key),
        stores: await storesWithCopy(path.join(root, project, id)),
      });
    damaged.push(...found.damaged.map(({ id, message }) => ({ app, backup: id, message })));
  }
  const { projects, restores = new Map<string, RestoreNote | 'damaged'>() } = await store.memory(0);
  const aside = [...projects].flatMap(([project, { restored }]) => {
    if (restored?.state !== 'begun' || !isMeant(project)) return [];
    return [{ app: appOf(project), backup: asideId(restored.stamp), restored: restored.backup }];
  });
  const waiting = [...restores]
    .filter(([project]) => isMeant(project))
    .map(([project, note]) => waitingOf(appOf(project), note));
  return { backups, damaged, aside, restores: waiting };
}

function waitingOf(app: string, note: RestoreNote | 'damaged'): WaitingRestore {
  if (note === 'damaged') return { app, state: 'damaged' };
  const { backup, cause, phase: state, tries } = note;
  const failed = tries === undefined ? {} : { code: tries.code, message: tries.message };
  return { app, backup, cause, state, ...failed };
}
