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
