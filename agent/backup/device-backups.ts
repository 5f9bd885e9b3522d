/** The backups that lie on this device, as the plan and the status know them. A folder is read again when it has changed. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { BackupSummary } from '../../core/backup/manifest.ts';
import { summaryOf } from '../../core/backup/manifest-summary.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import type { Log } from '../../core/log.ts';
import { backupsOf, projectBackups } from './backup-folder.ts';
import { storesWithCopy } from './store-marks.ts';

interface Read {
  readonly changedMs: number;
  readonly backups: readonly BackupSummary[];
}

export class DeviceBackups {
  readonly #root: string;
  readonly #log: Pick<Log, 'warn'>;
  readonly #read = new Map<string, Read>();
  readonly #said = new Set<string>();

  /** @param log told once of a backup that cannot be used */
  constructor(root: string, log: Pick<Log, 'warn'>) {
    this.#root = root;
    this.#log = log;
  }

  /** Project → its backups, newest first; none where nothing can be read. */
  async all(): Promise<ReadonlyMap<string, readonly BackupSummary[]>> {
    const found = new Map<string, readonly BackupSummary[]>();
    for (const project of await namesIn(this.#root).catch((): string[] => [])) {
      const backups = await this.#of(project).catch((): readonly BackupSummary[] => []);
      if (backups.length > 0) found.set(project, await this.#withStores(backups));
    }
    return found;
  }

  /** A copy that is made changes no folder that is looked at above. */
  #withStores(backups: readonly BackupSummary[]): Promise<readonly BackupSummary[]> {
    return Promise.all(
      backups.map(async backup => {
        const folder = path.join(projectBackups(this.#root, backup.project), backup.id);
        return { ...backup, stores: await storesWithCopy(folder).catch((): string[] => []) };
      }),
    );
  }

  async #of(project: string): Promise<readonly BackupSummary[]> {
    const { mtimeMs: changedMs } = await stat(projectBackups(this.#root, project));
    const known = this.#read.get(project);
    if (known?.changedMs === changedMs) return known.backups;
    const { backups: manifests, damaged } = await backupsOf(this.#root, project);
    for (const { id, message } of damaged) {
      if (this.#said.has(`${project}/${id}`)) continue;
      this.#said.add(`${project}/${id}`);
      this.#log.warn({ project, backup: id, why: message }, 'a damaged backup is not used');
    }
    const backups = manifests.map(summaryOf);
    this.#read.set(project, { changedMs, backups });
    return backups;
  }
}
