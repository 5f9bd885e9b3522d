/** Where a project's files, secrets and data stand on this device. */
import path from 'node:path';
import type { ProjectPaths } from '../../core/plan/container/mounts.ts';

const defaultRuntimeDirectory = '/run/towline';

export interface FolderOptions {
  /** Absolute path, such as /var/lib/towline. */
  readonly stateDirectory: string;
  /** A folder in memory (tmpfs) for opened secrets; /run/towline unless said otherwise. */
  readonly runtimeDirectory?: string;
  /** Where backups lie; `backups` in the state's folder unless said otherwise. */
  readonly backupDirectory?: string;
}

export interface ProjectFolders extends ProjectPaths {
  /** `<stateDirectory>/projects/<project>` */
  readonly root: string;
}

/** Where opened secrets stand. */
export function runtimeFolder(options: FolderOptions): string {
  return options.runtimeDirectory ?? defaultRuntimeDirectory;
}

/** Of all projects, each with a folder of its own. */
export function backupFolder({ stateDirectory, backupDirectory }: FolderOptions): string {
  return backupDirectory ?? path.join(stateDirectory, 'backups');
}

export function projectFolders(options: FolderOptions, project: string): ProjectFolders {
  const root = path.join(options.stateDirectory, 'projects', project);
  const at = (name: string) => path.join(root, name);
  const memory = path.join(runtimeFolder(options), 'projects', project);
  return { root, files: at('files'), data: at('data'), secrets: at('secrets'), memory };
}
