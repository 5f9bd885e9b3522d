/** Volumes and networks of apps that are gone: another app does not come into what they held by naming it. */

import { resourceName } from '../desired/resource-name.ts';
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import type { ObservedState } from './observed.ts';
import type { Skipped } from './target.ts';

/**
 * A removed app leaves its volumes on the engine, and the repository has forgotten it: only the label says whose they
 * are. What apps of this commit name of each other was refused before (core/desired).
 * @param present names of the projects of this commit: whose networks they are, they say themselves
 */
export function leftBehind(
  project: DesiredProject,
  { volumes, networks }: ObservedState,
  present: ReadonlySet<string>,
): Skipped | undefined {
  const refuse = (what: string, owner: string): Skipped => ({
    project: project.name,
    why: 'conflict',
    code: 'ENGINE_OF_ANOTHER_APP',
    reason: `${what} is that of ${owner}`,
  });
  for (const key of Object.keys(project.model.volumes ?? {})) {
    const name = resourceName(project.model, 'volumes', key);
    const owner = volumes.find(volume => volume.name === name)?.owner?.project;
    if (owner !== undefined && owner !== project.name) return refuse(`volume ${name}`, owner);
  }
  for (const [key, definition] of Object.entries(project.model.networks ?? {})) {
    if (definition?.external !== true) continue;
    const name = networkName(project.model, key);
    const owner = networks.find(network => network.name === name && network.owner !== undefined)?.owner
      ?.project;
    if (owner !== undefined && owner !== project.name && !present.has(owner))
      return refuse(`network ${name}`, owner);
  }
  return undefined;
}

export interface LeftVolumes {
  readonly project: string;
  readonly message: string;
}

const volumeNames = ({ model }: DesiredProject): string[] =>
  Object.keys(model.volumes ?? {}).map(key => resourceName(model, 'volumes', key));

/**
 * What a pull request should say of data: volumes that no app of the commit names any more stay, whether their app went or
 * calls them otherwise; what comes under another name begins empty. A rename hands nothing on by itself.
 */
export function volumesLeft(
  projects: readonly DesiredProject[],
  { volumes }: Pick<ObservedState, 'volumes'>,
): LeftVolumes[] {
  const named = new Set(projects.flatMap(volumeNames));
  const there = new Set(volumes.map(({ name }) => name));
  const left = volumes.filter(({ name, owner }) => owner !== undefined && !named.has(name));
  const owners = [...new Set(left.map(({ owner }) => owner?.project ?? ''))];
  const stay = owners.map(project => {
    const names = left.flatMap(({ name, owner }) => (owner?.project === project ? [name] : []));
    const which = names.length === 1 ? 'volume' : 'volumes';
    return {
      project,
      message: `${which} ${names.join(', ')} ${names.length === 1 ? 'stays' : 'stay'} on the device, used by no app`,
    };
  });
  const empty = projects.flatMap(({ name: project, model }) =>
    Object.entries(model.volumes ?? {}).flatMap(([key, definition]) => {
      const name = resourceName(model, 'volumes', key);
      if (definition?.external === true || there.has(name)) return [];
      const former =
        left.find(({ owner }) => owner?.project !== project && owner?.key === key) ??
        left.find(({ owner }) => owner?.project === project);
      if (former === undefined) return [];
      const message = `volume ${name} begins empty: if it is ${former.name} under another name, its data is handed on as docs/guides/apps.md says ("Renaming an app")`;
      return [{ project, message }];
    }),
  );
  return [...stay, ...empty];
}
