/** Networks of a plan: new ones, and those that are made anew under containers that stay. */

import type { ObservedNetwork, ObservedState } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';

export function prepareNetworks(draft: Draft, observed: ObservedState, steps: PlanSteps): void {
  const { analysis, ready } = draft;
  const project = analysis.project.name;
  for (const { key, network } of analysis.duplicates) {
    const { id, name } = network;
    const reason = `a second network of the name ${name}`;
    draft.networks.set(key, steps.add({ kind: 'remove-network', project, name, id, reason }, ready));
  }
  for (const { key, name, old } of analysis.networks) {
    const reason =
      old === undefined ? `network ${name} is not there` : `network ${name} is defined otherwise now`;
    // One of the same name that a removed project leaves behind: the engine could not tell them apart.
    const freed = observed.networks
      .filter(network => network.name === name)
      .map(({ id }) => steps.gone.get(id));
    if (old !== undefined) {
      const detached = detachAll(draft, { old, reason }, observed, steps);
      const remove = { kind: 'remove-network', project, name, id: old.id, reason } as const;
      freed.push(steps.add(remove, [...ready, ...detached]));
    }
    const create = { kind: 'create-network', project, network: key, name, reason } as const;
    draft.networks.set(key, steps.add(create, [...ready, ...freed]));
  }
}

/** @returns steps after which nothing is attached to the network any more */
function detachAll(
  { analysis, ready, detached }: Draft,
  { old, reason }: { readonly old: ObservedNetwork; readonly reason: string },
  observed: ObservedState,
  steps: PlanSteps,
): Need[] {
  const needs: Need[] = [];
  for (const container of observed.containers) {
    if (!container.networks.some(({ id }) => id === old.id)) continue;
    const gone = steps.gone.get(container.id);
    if (gone !== undefined || container.project !== analysis.project.name) {
      needs.push(gone);
      continue;
    }
    const stop = steps.stop(container, reason, ready);
    const { project, service, id, name } = container;
    const step = steps.add(
      {
        kind: 'disconnect-network',
        project,
        service,
        container: id,
        name,
        network: old.name,
        id: old.id,
        reason,
      },
      [...ready, stop],
    );
    detached.set(id, step);
    needs.push(step);
  }
  return needs;
}
