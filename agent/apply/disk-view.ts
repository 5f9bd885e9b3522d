/** What a snapshot tells of the disk: file trees that are there, and lock files. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { label } from '../../core/plan/container/labels.ts';
import { containerName, serviceOrder } from '../../core/plan/service-order.ts';
import { type Engine, engineStatus } from '../engine.ts';
import type { ContainerSummary } from '../observe/engine-answers.ts';
import type { ObserveOptions } from '../observe/observe.ts';
import { presentTrees } from './file-trees.ts';
import { type FolderOptions, projectFolders } from './project-folders.ts';

/** Whether the app holds its update: the file is there in the container of its first service. */
async function isLocked(engine: Engine, project: DesiredProject, signal: AbortSignal): Promise<boolean> {
  const { lockFile } = project.update;
  const [first] = serviceOrder(project.model);
  if (lockFile === undefined || first === undefined) return false;
  if (await hasFile(engine, containerName(project.model, first, 1), lockFile, signal)) return true;
  // Somebody may have renamed it. A container that is gone holds nothing.
  const filters = JSON.stringify({
    label: [`${label.project}=${project.name}`, `${label.service}=${first}`, `${label.number}=1`],
  });
  const query = { all: true, filters };
  const found = await engine.call<ContainerSummary[]>(
    { method: 'GET', path: '/containers/json', query },
    signal,
  );
  const held = await Promise.all(found.map(({ Id }) => hasFile(engine, Id, lockFile, signal)));
  return held.includes(true);
}

async function hasFile(
  engine: Engine,
  container: string,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await engine.call(
      { method: 'HEAD', path: `/containers/${container}/archive`, query: { path: file } },
      signal,
    );
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
