/** What a snapshot tells of the disk: file trees that are there, and lock files. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { containerName, serviceOrder } from '../../core/plan/service-order.ts';
import { type Engine, engineStatus } from '../engine.ts';
import type { ObserveOptions } from '../observe/observe.ts';
import { presentTrees } from './file-trees.ts';
import { type FolderOptions, projectFolders } from './project-folders.ts';

/** Whether the app holds its update: the file is there in the container of its first service. */
async function isLocked(engine: Engine, project: DesiredProject, signal: AbortSignal): Promise<boolean> {
  const { lockFile } = project.update;
  const [first] = serviceOrder(project.model);
  if (lockFile === undefined || first === undefined) return false;
  const path = `/containers/${containerName(project.model, first, 1)}/archive`;
  try {
    await engine.call({ method: 'HEAD', path, query: { path: lockFile } }, signal);
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

/** @param projects those that are desired: their lock files are looked for */
export function createDiskView(
  engine: Engine,
  options: FolderOptions,
  projects: readonly DesiredProject[],
  signal: AbortSignal,
): NonNullable<ObserveOptions['disk']> {
  return {
    trees: name => presentTrees(projectFolders(options, name)),
    locked: async name => {
      const project = projects.find(one => one.name === name);
      return project !== undefined && isLocked(engine, project, signal);
    },
  };
}
