/** Attachments of a container that stays: put back where they are lost, taken away where nobody asked for them. */
import { networkKeys, networkName } from '../desired/service-networks.ts';
import type { Instance } from './instance.ts';
import type { ObservedContainer } from './observed.ts';
import type { Draft } from './prepare-steps.ts';
import type { Planned } from './stop-dependents.ts';

/** Networks that are made anew under the container. */
function lostNetworks({ analysis }: Draft, container: ObservedContainer) {
  return analysis.networks.filter(({ old }) => container.networks.some(({ id }) => id === old?.id));
}

export function connectSteps(
  { draft, steps }: Planned,
  instance: Instance,
  container: ObservedContainer,
): number[] {
  const { analysis, ready, detached, networks } = draft;
  const { model, name: project } = analysis.project;
  const { service, number, connect } = instance;
  const lost = new Set(lostNetworks(draft, container).map(({ key }) => key));
  const again = networkKeys(model.services[service] ?? {}).filter(key => lost.has(key));
  return [...new Set([...again, ...connect])].map(key => {
    const network = networkName(model, key);
    const reason = again.includes(key)
      ? `network ${network} is made anew`
      : `it was disconnected from network ${network}`;
    const own = { project, service, number, container: container.id };
    return steps.add({ kind: 'connect-network', ...own, network: key, reason }, [
      ...ready,
      detached.get(container.id),
      networks.get(key),
    ]);
  });
}

export function disconnectSteps(
  { draft, steps }: Planned,
  { service, disconnect }: Instance,
  container: ObservedContainer,
): void {
  const lost = lostNetworks(draft, container);
  const own = {
    project: draft.analysis.project.name,
    service,
    container: container.id,
    name: container.name,
  };
  for (const { name: network, id } of disconnect) {
    if (lost.some(({ old }) => old?.id === id)) continue;
    const reason = `it was connected to network ${network}, which is not in its definition`;
    steps.add({ kind: 'disconnect-network', ...own, network, id, reason }, draft.ready);
  }
}
