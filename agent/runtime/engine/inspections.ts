/** What inspections have told, kept until an event of the engine says that it may have changed. */
import type { ContainerInspection } from '../../../core/plan/observed.ts';
import type { Engine } from './engine.ts';
import { type ContainerDetails, containerDetails } from './engine-answers.ts';
import { engineStatus } from './refusals.ts';

const parallel = 16;

export function toInspection(details: ContainerDetails): ContainerInspection {
  const host = details.HostConfig;
  const startedAtMs = Date.parse(details.State.StartedAt);
  return {
    limits: {
      memory: host.Memory ?? 0,
      memoryReservation: host.MemoryReservation ?? 0,
      memorySwap: host.MemorySwap ?? 0,
      nanoCpus: host.NanoCpus ?? 0,
      cpuShares: host.CpuShares ?? 0,
      cpuPeriod: host.CpuPeriod ?? 0,
      cpuQuota: host.CpuQuota ?? 0,
      cpusetCpus: host.CpusetCpus ?? '',
      pidsLimit: host.PidsLimit ?? 0,
      blkioWeight: host.BlkioWeight ?? 0,
      restartPolicy: host.RestartPolicy?.Name || 'no',
      restartRetries: host.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    pidMode: host.PidMode ?? '',
    ipcMode: host.IpcMode ?? '',
    volumesFrom: host.VolumesFrom ?? [],
    restartCount: details.RestartCount,
    startedAtMs: Number.isFinite(startedAtMs) && startedAtMs > 0 ? startedAtMs : 0,
  };
}

/** One object for the life of the agent; a pass on its own uses a fresh one and inspects everything. */
export class Inspections {
  readonly #kept = new Map<string, ContainerInspection>();
  /** Inspections under way; what an event overtakes is not kept. */
  readonly #asked = new Map<string, object>();
  #watched = false;

  /** While events are followed, what is kept is true; otherwise everything is inspected again. */
  watched(on: boolean): void {
    this.#watched = on;
    this.#asked.clear();
    if (!on) this.#kept.clear();
  }

  /** An event about this container has come. */
  forget(container: string): void {
    this.#kept.delete(container);
    this.#asked.delete(container);
  }

  /** Inspections of these containers by id; those that went away meanwhile are left out. */
  async of(
    engine: Engine,
    containers: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, ContainerInspection>> {
    if (!this.#watched) this.#kept.clear();
    const present = new Set(containers);
    for (const id of this.#kept.keys()) if (!present.has(id)) this.#kept.delete(id);
    const found = new Map(this.#kept);
    const missing = containers.filter(id => !found.has(id));
    const next = missing.values();
    const work = async () => {
      for (const id of next) {
        try {
          const asked = {};
          this.#asked.set(id, asked);
          const details = await engine.call(
            { method: 'GET', path: `/containers/${id}/json`, answer: containerDetails },
            signal,
          );
          const inspection = toInspection(details);
          found.set(id, inspection);
          if (this.#asked.get(id) === asked) this.#kept.set(id, inspection);
        } catch (error) {
          if (engineStatus(error) !== 404) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, missing.length) }, work));
    this.#asked.clear();
    return found;
  }
}
