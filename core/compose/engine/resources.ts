/** Memory and processors. Source: moby, daemon/daemon_unix.go, verifyPlatformContainerResources; Linux, sched-bwc. */
import type { Path } from '../value/fault.ts';
import type { ServiceRule } from './rule.ts';

/** What the engine takes for the least that a container starts with. */
const leastMemoryBytes = 6 * 1024 * 1024;

interface Limit {
  readonly bytes: number;
  readonly keys: Path;
}

/** The spelling that counts, and where it stands. */
function limitOf(
  deployed: string | undefined,
  own: string | undefined,
  deployKey: string,
  ownKey: string,
): Limit {
  if (deployed !== undefined) {
    return { bytes: Number(deployed), keys: ['deploy', 'resources', deployKey, 'memory'] };
  }
  return { bytes: Number(own ?? 0), keys: [ownKey] };
}

export const memoryLimits: ServiceRule = ({ service, refuse }) => {
  const { limits = {}, reservations = {} } = service.deploy?.resources ?? {};
  const limit = limitOf(limits.memory, service.mem_limit, 'limits', 'mem_limit');
  const least = limitOf(reservations.memory, service.mem_reservation, 'reservations', 'mem_reservation');
  const swap = Number(service.memswap_limit ?? 0);
  if (limit.bytes !== 0 && limit.bytes < leastMemoryBytes)
    refuse(limit.keys, 'the least limit of memory is 6 MiB');
  if (least.bytes > 0 && least.bytes < leastMemoryBytes)
    refuse(least.keys, 'the least reservation of memory is 6 MiB');
  if (limit.bytes > 0 && least.bytes > limit.bytes) refuse(least.keys, 'is more than the limit of memory');
  if (swap > 0 && limit.bytes === 0) refuse(['memswap_limit'], 'needs a limit of memory beside it');
  if (swap > 0 && limit.bytes > 0 && swap < limit.bytes)
    refuse(['memswap_limit'], 'counts memory and swap together: it is less than the limit of memory');
  const swappiness = Number(service.mem_swappiness ?? 0);
  if (swappiness < -1 || swappiness > 100) refuse(['mem_swappiness'], 'must be from 0 to 100');
  if (Number(service.shm_size ?? 0) < 0) refuse(['shm_size'], 'cannot be less than 0');
};

/** A processor for a hundredth of the time is the least that a kernel takes. */
const leastCpus = 0.01;
const leastQuotaMicroseconds = 1000;
const periodMicroseconds = { least: 1000, most: 1_000_000 };
/** The most processors of a Linux kernel. */
const maxProcessor = 8192;

function isProcessorList(text: string): boolean {
  return text.split(',').every(part => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    return from !== undefined && Number(from) <= Number(to) && Number(to) <= maxProcessor;
  });
}

export const processorLimits: ServiceRule = ({ service, refuse }) => {
  const deployed = service.deploy?.resources?.limits?.cpus;
  const cpus = deployed ?? service.cpus ?? 0;
  const cpusKeys = deployed === undefined ? ['cpus'] : ['deploy', 'resources', 'limits', 'cpus'];
  const { cpu_period: period = 0, cpu_quota: quota = 0, cpu_shares: shares = 0, cpuset = '' } = service;
  const { cpu_rt_period: realTimePeriod = 0, cpu_rt_runtime: realTime = 0 } = service;
  if (cpus !== 0 && cpus < leastCpus) refuse(cpusKeys, `the least is ${leastCpus} of a processor`);
  if (cpus > 0 && period > 0) refuse(['cpu_period'], '`cpus` stands beside it: both say the same');
  if (cpus > 0 && quota > 0) refuse(['cpu_quota'], '`cpus` stands beside it: both say the same');
  if (period !== 0 && (period < periodMicroseconds.least || period > periodMicroseconds.most))
    refuse(['cpu_period'], 'must be from 1000 (1 ms) to 1000000 (1 s)');
  if (quota > 0 && quota < leastQuotaMicroseconds) refuse(['cpu_quota'], 'must be 1000 (1 ms) or more');
  if (shares < 0) refuse(['cpu_shares'], 'cannot be less than 0');
  if (cpuset !== '' && !isProcessorList(cpuset))
    refuse(['cpuset'], 'must be numbers of processors, such as `0-2,4`');
  if (realTimePeriod !== 0 && realTime > realTimePeriod)
    refuse(['cpu_rt_runtime'], 'is more than `cpu_rt_period`');
};

export const weights: ServiceRule = ({ service, refuse }) => {
  const weight = service.blkio_config?.weight ?? 0;
  if (weight !== 0 && (weight < 10 || weight > 1000))
    refuse(['blkio_config', 'weight'], 'must be from 10 to 1000');
};
