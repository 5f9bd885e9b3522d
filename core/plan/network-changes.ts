/** Networks of a project compared with those that are there. */

import { networkKeys, networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { someOf } from '../some-of.ts';
import { adoptedNetwork } from './adopted.ts';
import type { ObservedNetwork, ObservedState } from './observed.ts';
import { resourceHash } from './service-definition.ts';
import { type Kept, namedDifferences } from './volume-changes.ts';

export interface NetworkChange {
  readonly key: string;
  readonly name: string;
  /** What stands in its place now; absent: it is not there. */
  readonly old: ObservedNetwork | undefined;
}

/** A second network of ours under the name of another: the engine could not tell them apart at a start. */
export interface NetworkDuplicate {
  readonly key: string;
  readonly network: ObservedNetwork;
}

/** Keys of the networks that the project declares, or is on. */
export function usedNetworks(project: DesiredProject): string[] {
  const declared = Object.keys(project.model.networks ?? {});
  const used = Object.values(project.model.services).flatMap(networkKeys);
  return [...new Set([...declared, ...used])].sort();
}

/** Networks of ours for a key, the one to keep first: what containers use, then what is as it should be. */
function networksFor(project: DesiredProject, key: string, observed: ObservedState): ObservedNetwork[] {
  const name = networkName(project.model, key);
  const hash = resourceHash(project.model.networks?.[key]);
  const used = new Set(observed.containers.flatMap(({ networks }) => networks.map(({ id }) => id)));
  const rank = ({ id, owner }: ObservedNetwork) => (used.has(id) ? 2 : 0) + (owner?.hash === hash ? 1 : 0);
  return observed.networks
    .filter(network => network.name === name && network.owner?.project === project.name)
    .sort((a, b) => rank(b) - rank(a));
}

/** External ones that the file describes, and otherwise than they are: they are somebody else's to make. */
export function keptNetworks({ model }: DesiredProject, { networks }: ObservedState): Kept[] {
  return Object.entries(model.networks ?? {}).flatMap(([key, definition]): Kept[] => {
    if (definition?.external !== true) return [];
    const { driver, driver_opts: options = {} } = definition;
    const name = networkName(model, key);
    const made = networks.find(network => network.name === name)?.made;
    if (made === undefined) return [];
    const differs = [
      ...(driver === undefined || driver === made.driver ? [] : ['driver']),
      ...Object.keys(options).flatMap(option =>
        options[option] === made.options[option] ? [] : [`driver_opts.${option}`],
      ),
    ];
    if (differs.length === 0) return [];
    const message = `network ${name} is external and otherwise (${someOf(differs, namedDifferences)}): it is used as it is`;
    return [{ code: 'ENGINE_NETWORK_KEPT', message }];
  });
}

export function compareNetworks(project: DesiredProject, observed: ObservedState) {
  const changes: NetworkChange[] = [];
  const duplicates: NetworkDuplicate[] = [];
  for (const key of usedNetworks(project)) {
    const definition = project.model.networks?.[key];
    if (definition?.external === true) continue;
    if (adoptedNetwork(project, key, observed) !== undefined) continue;
    const [old, ...rest] = networksFor(project, key, observed);
    duplicates.push(...rest.map(network => ({ key, network })));
    if (old?.owner?.hash === resourceHash(definition)) continue;
    changes.push({ key, name: networkName(project.model, key), old });
  }
  return { changes, duplicates };
}
