/**
 * The containers of this device at one moment: from files where they say all that there is to say, else by one-shot
 * statistics of the engine, some at a time.
 */
import { isTowlineError } from '../../../../core/errors.ts';
import type { ObservedContainer } from '../../../../core/plan/observed.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import type { HostFiles } from '../host/host-files.ts';
import { gauge, type Labels, type Sample } from '../series/sample.ts';
import { Cgroups } from './cgroups.ts';
import { engineStats, usageOfStats } from './engine-stats.ts';
import { type Usage, usageSamples } from './usage.ts';

/** What is asked of an engine at once. */
const parallel = 8;
/** An engine that takes longer is asked again at the next moment, milliseconds. */
const longestMs = 10_000;
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
  readonly #engine: Pick<Engine, 'call'>;
  readonly #cgroups: Cgroups;

  constructor(engine: Pick<Engine, 'call'>, files: HostFiles) {
    this.#engine = engine;
    this.#cgroups = new Cgroups(files);
  }

  async samples(containers: readonly Container[], signal: AbortSignal): Promise<Sample[]> {
    const running = containers.filter(({ state }) => state === 'running' || state === 'paused');
    const asked = running.slice(0, maxContainers);
    this.#cgroups.keep(new Set(asked.map(({ id }) => id)));
    const usages = new Map<Container, Usage>();
    for (const container of asked) {
      const usage = this.#fromFiles(container);
      if (usage !== undefined) usages.set(container, usage);
    }
    await this.#fromEngine(
      asked.filter(container => !usages.has(container)),
      usages,
      signal,
    );
    return asked.flatMap(container => {
      const labels = containerLabels(container);
      return [...factSamples(container, labels), ...usageSamples(usages.get(container) ?? {}, labels)];
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

  async #fromEngine(
    containers: readonly Container[],
    usages: Map<Container, Usage>,
    signal: AbortSignal,
  ): Promise<void> {
    const next = containers.values();
    const work = async (): Promise<void> => {
      for (const container of next) {
        const usage = await this.#ask(container.id, signal);
        if (usage !== undefined) usages.set(container, usage);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, containers.length) }, work));
  }

  async #ask(id: string, signal: AbortSignal): Promise<Usage | undefined> {
    const query = { stream: false, 'one-shot': true };
    const request = { method: 'GET', path: `/containers/${id}/stats`, query } as const;
    try {
      return usageOfStats(
        await this.#engine.call({ ...request, answer: engineStats, timeoutMs: longestMs }, signal),
      );
    } catch (error) {
      signal.throwIfAborted();
      // It is gone, or the engine is: the next moment knows.
      if (isTowlineError(error)) return undefined;
      throw error;
    }
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
