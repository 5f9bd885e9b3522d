/** Where a project's files, secrets and data stand on this device. */
import path from 'node:path';
import type { ProjectPaths } from '../../core/plan/container/mounts.ts';

export interface FolderOptions {
  /** Absolute path, such as /var/lib/towline. */
  readonly stateDirectory: string;
  /** A folder in memory (tmpfs), such as /run/towline; absent: secrets stand beside the other files, mode 0700. */
  readonly secretsDirectory?: string;
}

export interface ProjectFolders extends ProjectPaths {
  /** `<stateDirectory>/projects/<project>` */
  readonly root: string;
}

export function projectFolders(options: FolderOptions, project: string): ProjectFolders {
  const root = path.join(options.stateDirectory, 'projects', project);
  const secrets =
    options.secretsDirectory === undefined
      ? path.join(root, 'secrets')
      : path.join(options.secretsDirectory, 'projects', project);
  return { root, files: path.join(root, 'files'), data: path.join(root, 'data'), secrets };
}
