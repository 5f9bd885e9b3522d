/** What a snapshot tells of the disk: file trees that are there, and lock files. */

import { containerName } from '../../../core/desired/container-name.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { serviceOrder } from '../../../core/plan/service-order.ts';
import { presentTrees } from '../../projects/file-trees.ts';
import { type FolderOptions, projectFolders } from '../../projects/project-folders.ts';
import type { Engine } from './engine.ts';
import { containerSummaries } from './engine-answers.ts';
import type { ObserveOptions } from './observe.ts';
import { engineStatus } from './refusals.ts';

/** A lock file that the engine does not look for: the project's name, and the engine's words. */
export type OnRefused = (project: string, message: string) => void;

/** Whether the app holds its update: the file is there in the container of its first service. */
async function isLocked(
  engine: Engine,
  project: DesiredProject,
  onRefused: OnRefused,
  signal: AbortSignal,
): Promise<boolean> {
  const { lockFile } = project.update;
  const [first] = serviceOrder(project.model);
  if (lockFile === undefined || first === undefined) return false;
  const has = async (container: string): Promise<boolean> => {
    try {
      return await hasFile(engine, container, lockFile, signal);
    } catch (error) {
      // What an app does to its own files is no matter of the other apps: a path through a file, a name too long.
      if (engineStatus(error) === undefined || !(error instanceof Error)) throw error;
      onRefused(project.name, `lock file ${lockFile}: ${error.message}`);
      return false;
    }
  };
  if (await has(containerName(project.model, first, 1))) return true;
  // Somebody may have renamed it. A container that is gone holds nothing.
  const filters = JSON.stringify({
    label: [`${label.project}=${project.name}`, `${label.service}=${first}`, `${label.number}=1`],
  });
  const query = { all: true, filters };
  const found = await engine.call(
    { method: 'GET', path: '/containers/json', query, answer: containerSummaries },
    signal,
  );
  const held = await Promise.all(found.map(({ Id }) => has(Id)));
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
      { method: 'HEAD', path: `/containers/${encodeURIComponent(container)}/archive`, query: { path: file } },
      signal,
    );
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

export interface DiskViewOptions {
  readonly engine: Engine;
  readonly folders: FolderOptions;
  /** Those that are desired: their lock files are looked for. */
  readonly projects: readonly DesiredProject[];
  /** Told of a lock that counts as not there, as the engine cannot look for it. */
  readonly onRefused?: OnRefused;
}

export function createDiskView(
  { engine, folders, projects, onRefused = () => undefined }: DiskViewOptions,
  signal: AbortSignal,
): NonNullable<ObserveOptions['disk']> {
  return {
    trees: name => presentTrees(projectFolders(folders, name)),
    locked: async name => {
      const project = projects.find(one => one.name === name);
      return project !== undefined && isLocked(engine, project, onRefused, signal);
    },
  };
}
