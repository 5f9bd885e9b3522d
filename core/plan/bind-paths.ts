/** Paths of this device that the containers of a project are given: the engine resolves them anew at every start. */

import { normalPath } from '../compose/device/host-paths.ts';
import type { VolumeModel } from '../compose/value/model.ts';
import { resourceName } from '../desired/resource-name.ts';
import type { DesiredProject } from '../desired/state.ts';
import type { ObservedState } from './observed.ts';
import { fileMounts, projectPath } from './project-files.ts';

export interface BindPath {
  /** Absolute, without detours. */
  readonly path: string;
  readonly writable: boolean;
  /** As its author wrote it. */
  readonly written: string;
}

/** Where the folders of all projects stand on a device, unless it says otherwise. */
export const defaultProjectsFolder = '/var/lib/towline/projects';

/** What a project keeps beside its files. */
export function dataFolder(projectsFolder: string, project: string): string {
  return `${projectsFolder}/${project}/data`;
}

/** The path that a volume of the local driver binds, as its options name it. */
export function boundDevice(options: Readonly<Record<string, string>>): string | undefined {
  const { type = '', o = '', device = '' } = options;
  const binds = ['', 'none', 'bind'].includes(type) || o.split(',').some(flag => /^r?bind$/.test(flag));
  return binds && device !== '' ? device : undefined;
}

function volumePaths(
  project: DesiredProject,
  definition: VolumeModel | null,
  { key, observed, data }: { key: string; observed: ObservedState; data: string },
): BindPath[] {
  const name = resourceName(project.model, 'volumes', key);
  // What is there is what is mounted, whatever the file says now.
  const there = observed.volumes.find(volume => volume.name === name);
  const present = boundDevice(there?.made?.options ?? {});
  const asked = boundDevice(definition?.driver_opts ?? {});
  const paths: BindPath[] = [];
  if (present !== undefined) paths.push({ path: normalPath(present), writable: true, written: present });
  // One that is disposable may be made anew as the file says.
  const isMade = there?.made === undefined || project.disposableVolumes?.includes(key) === true;
  if (asked === undefined || !isMade) return paths;
  const below = projectPath(asked);
  const path = normalPath(below === undefined ? asked : `${data}/${below}`);
  return [...paths, { path, writable: true, written: asked }];
}

/** Trees of repository files are no part of it: each is mounted by itself, and nothing lies below it. */
export function bindPaths(
  project: DesiredProject,
  observed: ObservedState,
  projectsFolder: string,
): BindPath[] {
  const data = dataFolder(projectsFolder, project.name);
  const mounted = Object.keys(project.model.services).flatMap(service =>
    fileMounts(project, service).flatMap(({ source, readOnly }): BindPath[] => {
      if (source.kind === 'data') {
        const path = normalPath(`${data}/${source.path}`);
        return [{ path, writable: !readOnly, written: `./${source.path}` }];
      }
      if (source.kind !== 'host') return [];
      return [{ path: normalPath(source.path), writable: !readOnly, written: source.path }];
    }),
  );
  const volumes = Object.entries(project.model.volumes ?? {}).flatMap(([key, definition]) =>
    volumePaths(project, definition, { key, observed, data }),
  );
  return [...mounted, ...volumes];
}
