/**
 * The containers of this device at one moment: from files where they say all that there is to say, else by one-shot
 * statistics of the engine, some at a time.
 */
import type { ObservedContainer } from '../../../../core/plan/observed.ts';
import type { HostFiles } from '../host/host-files.ts';
import { gauge, type Labels, type Sample } from '../series/sample.ts';
import { Cgroups } from './cgroups.ts';
import { oneShotUsages } from './one-shot.ts';
import { type Usage, usageSamples } from './usage.ts';

/** One device is asked about no more. */
const maxContainers = 200;

export type Container = Pick<
  ObservedContainer,
  'id' | 'name' | 'project' | 'service' | 'state' | 'networkMode' | 'inspection'
>;

/**
 * By name, not by id: a series goes on when a container is made anew.
 */
export function containerLabels({
  project,
  service,
  name,
}: Pick<Container, 'project' | 'service' | 'name'>): Labels {
  return { project, service, container: name };
}

export class ContainerMetrics {
  readonly #socket: string;
  readonly #cgroups: Cgroups;

  /** @param socket the engine's */
  constructor(socket: string, files: HostFiles) {
    this.#socket = socket;
    this.#cgroups = new Cgroups(files);
  }

  async samples(containers: readonly Container[], signal: AbortSignal): Promise<Sample[]> {
    const running = containers.filter(({ state }) => state === 'running' || state === 'paused');
    const asked = running.slice(0, maxContainers);
    this.#cgroups.keep(new Set(asked.map(({ id }) => id)));
    const usages = new Map<string, Usage>();
    for (const container of asked) {
      const usage = this.#fromFiles(container);
      if (usage !== undefined) usages.set(container.id, usage);
    }
    const unseen = asked.map(({ id }) => id).filter(id => !usages.has(id));
    if (unseen.length > 0)
      for (const [id, usage] of await oneShotUsages(this.#socket, unseen, signal)) usages.set(id, usage);
    return asked.flatMap(container => {
      const labels = containerLabels(container);
      return [...factSamples(container, labels), ...usageSamples(usages.get(container.id) ?? {}, labels)];
    });
  }

  /** All, or it is left to the engine: half of a container's figures from one moment and half from another help nobody. */
  #fromFiles({ id, networkMode }: Container): Usage | undefined {
    const usage = this.#cgroups.usage(id);
    if (usage === undefined) return undefined;
    // On the host's network, or on another container's, the figures are not its own.
    if (isShared(networkMode)) return usage;
    const network = this.#cgroups.network(id);
    return network === undefined ? undefined : { ...usage, network };
  }
}

export function isShared(networkMode: string): boolean {
  return networkMode === 'host' || networkMode.startsWith('container:');
}

/** What is known of it without asking. */
function factSamples({ inspection }: Container, labels: Labels): Sample[] {
  if (inspection === undefined) return [];
  const { startedAtMs, restartCount, limits } = inspection;
  return [
    gauge('container_start_time_seconds', Math.round(startedAtMs / 1000), labels),
    gauge('towline_container_restarts', restartCount, labels),
    gauge('container_spec_memory_limit_bytes', limits.memory, labels),
  ];
}
