/** What the parts of this room share. */
import type { BackupManifest } from '../../core/backup/manifest.ts';
import type { Owner } from '../../core/plan/container/labels.ts';
import type { Engine } from '../runtime/engine/engine.ts';

export interface DataRoom {
  /** Path of the archive of the helper image. */
  readonly helperImage: string;
  /** Where backups lie, a folder for each project. The engine sees it under the same path. */
  readonly backupDirectory: string;
  /** Random, of this process: a helper that bears another one was left by an agent that was killed. */
  readonly run: string;
  /** Brings a backup back from the store of its app. Absent: there are no stores. @throws TowlineError BACKUP_… */
  readonly retrieve?: (project: string, backup: string, signal: AbortSignal) => Promise<BackupManifest>;
}

/** Where helpers run. */
export interface HelperHost {
  readonly engine: Engine;
  readonly owner: Owner;
  readonly room: Pick<DataRoom, 'helperImage' | 'run'>;
}
