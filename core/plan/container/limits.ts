/** CPU, memory and restarts: what `docker update` can change and drift is looked for in. */

import type { ServiceModel } from '../../compose/value/model.ts';
import type { ContainerLimits } from '../observed.ts';
import { formatBytes, sizeBytes } from '../quantity.ts';

/** What the engine does when a container of the service ends: `deploy.restart_policy`, or else `restart`. */
export function restartPolicy(service: ServiceModel): { name: string; retries: number } {
  const policy = service.deploy?.restart_policy ?? {};
  const { condition } = policy;
  const { restart } = service;
  if (restart !== undefined && Object.keys(policy).length === 0) {
    const [name = 'no', retries] = restart.split(':');
    return { name: name === '' ? 'no' : name, retries: Number(retries ?? 0) || 0 };
  }
  if (condition === undefined || condition === 'none' || condition === 'no') {
    return { name: Object.keys(policy).length > 0 && condition === undefined ? 'always' : 'no', retries: 0 };
  }
  if (condition === 'on-failure') return { name: 'on-failure', retries: policy.max_attempts ?? 0 };
  return { name: condition === 'unless-stopped' ? condition : 'always', retries: 0 };
}

/** The limits that a service asks for; both spellings, those of `deploy.resources` win as in docker compose. */
export function expectedLimits(service: ServiceModel): ContainerLimits {
  const { limits = {}, reservations = {} } = service.deploy?.resources ?? {};
  const { name, retries } = restartPolicy(service);
  return {
    memory: sizeBytes(limits.memory) ?? sizeBytes(service.mem_limit) ?? 0,
    memoryReservation: sizeBytes(reservations.memory) ?? sizeBytes(service.mem_reservation) ?? 0,
    memorySwap: sizeBytes(service.memswap_limit) ?? 0,
    nanoCpus: Math.round((limits.cpus ?? service.cpus ?? 0) * 1e9),
    cpuShares: service.cpu_shares ?? 0,
    cpuPeriod: service.cpu_period ?? 0,
    cpuQuota: service.cpu_quota ?? 0,
    cpusetCpus: service.cpuset ?? '',
    pidsLimit: limits.pids ?? service.pids_limit ?? 0,
    blkioWeight: service.blkio_config?.weight ?? 0,
    restartPolicy: name,
    restartRetries: retries,
  };
}

/** The members as the Engine's HostConfig writes them; unset ones are left out. */
export function limitsHostConfig(service: ServiceModel): Record<string, unknown> {
  const limits = expectedLimits(service);
  const config: Record<string, unknown> = {
    Memory: limits.memory,
    MemoryReservation: limits.memoryReservation,
    MemorySwap: limits.memorySwap,
    NanoCpus: limits.nanoCpus,
    CpuShares: limits.cpuShares,
    CpuPeriod: limits.cpuPeriod,
    CpuQuota: limits.cpuQuota,
    CpusetCpus: limits.cpusetCpus,
    PidsLimit: limits.pidsLimit,
    BlkioWeight: limits.blkioWeight,
  };
  for (const [key, value] of Object.entries(config)) if (value === 0 || value === '') delete config[key];
  config.RestartPolicy = {
    Name: limits.restartPolicy,
    ...(limits.restartPolicy === 'on-failure' ? { MaximumRetryCount: limits.restartRetries } : {}),
  };
  return config;
}

const words: Record<keyof ContainerLimits, string> = {
  memory: 'memory limit',
  memoryReservation: 'memory reservation',
  memorySwap: 'swap limit',
  nanoCpus: 'CPU limit',
  cpuShares: 'CPU shares',
  cpuPeriod: 'CPU period',
  cpuQuota: 'CPU quota',
  cpusetCpus: 'CPU set',
  pidsLimit: 'process limit',
  blkioWeight: 'block I/O weight',
  restartPolicy: 'restart policy',
  restartRetries: 'restart retries',
};

function show(key: keyof ContainerLimits, value: number | string): string {
  if (value === 0 || value === '') return 'none';
  if (key.startsWith('memory')) return formatBytes(Number(value));
  return key === 'nanoCpus' ? String(Number(value) / 1e9) : String(value);
}

/**
 * Limits that an engine drops with a warning when the container is made, where its kernel has no such controller. An
 * update cannot take them away: 0 and '' mean "as it is" there. `nanoCpus` is refused instead, and a process limit can be
 * taken away by an update.
 */
const droppable: ReadonlySet<keyof ContainerLimits> = new Set([
  'memory',
  'memoryReservation',
  'cpuShares',
  'cpuPeriod',
  'cpuQuota',
  'cpusetCpus',
  'blkioWeight',
]);

/** Of Podman's containers.conf, where the service has none. */
const podmanProcesses = 2048;

/** What the engine fills in by itself is no drift: swap is twice the memory where it was not set. */
function accepted(key: keyof ContainerLimits, expected: ContainerLimits, actual: ContainerLimits): boolean {
  if (droppable.has(key) && (actual[key] === 0 || actual[key] === '')) return true;
  // Without swap accounting, or without limits of memory, swap has none.
  if (key === 'memorySwap' && actual.memorySwap === -1) return true;
  if (key === 'memorySwap' && expected.memorySwap === 0) {
    return actual.memorySwap <= 0 || actual.memorySwap === expected.memory * 2;
  }
  if (key === 'pidsLimit' && expected.pidsLimit === 0 && actual.pidsLimit === podmanProcesses) return true;
  // -1 is the model's "unlimited", which the engine shows as 0 or -1.
  return Number(expected[key]) === -1 && Number(actual[key]) <= 0;
}

/** @returns what differs in words ("memory limit is 64 MiB, should be none"), or undefined. */
export function limitsDrift(service: ServiceModel, actual: ContainerLimits): string | undefined {
  const expected = expectedLimits(service);
  const found: string[] = [];
  for (const key of Object.keys(words) as (keyof ContainerLimits)[]) {
    if (expected[key] === actual[key] || accepted(key, expected, actual)) continue;
    found.push(`${words[key]} is ${show(key, actual[key])}, should be ${show(key, expected[key])}`);
  }
  return found.length === 0 ? undefined : found.join(', ');
}
