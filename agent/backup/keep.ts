/** Old backups go, after a new one is there. */
import { superfluous } from '../../core/backup/keep.ts';
import { summaryOf } from '../../core/backup/manifest-summary.ts';
import type { BackupSettings } from '../../core/backup/settings.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { backupsOf, removeBackup } from './backup-folder.ts';

export interface KeepAsk {
  readonly root: string;
  /** As it is to be. */
  readonly project: DesiredProject;
  readonly settings: BackupSettings;
  readonly record: ProjectRecord;
  readonly nowMs: number;
}

/** @returns ids of those that are gone. @throws what the disk throws */
export async function removeSuperfluous(ask: KeepAsk): Promise<string[]> {
  const { root, project, settings, record, nowMs } = ask;
  const { backups } = await backupsOf(root, project.name);
  const needed = [record.backedUp?.id, record.restored?.backup, project.restore?.backup];
  const gone = superfluous(backups.map(summaryOf), settings.keep, {
    nowMs,
    needed: new Set(needed.filter(id => id !== undefined)),
  });
  for (const id of gone) await removeBackup(root, project.name, id);
  return gone;
}
