/** Limits: what an engine cannot keep is no drift, what somebody has changed is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedLimits, limitsDrift } from '../../../core/plan/container/limits.ts';
import type { ContainerLimits } from '../../../core/plan/observed.ts';

const service = {
  mem_limit: '64m',
  mem_reservation: '32m',
  memswap_limit: '128m',
  cpus: 0.5,
  cpu_shares: 512,
  cpu_period: 50_000,
  cpu_quota: 20_000,
  cpuset: '0',
  pids_limit: 100,
  blkio_config: { weight: 300 },
};

const asked = expectedLimits(service);
const drift = (change: Partial<ContainerLimits>) => limitsDrift(service, { ...asked, ...change });

test('a limit that the engine drops, because its kernel lacks the controller, is no drift', () => {
  assert.equal(drift({}), undefined);
  const dropped: Partial<ContainerLimits>[] = [
    { blkioWeight: 0 },
    { memorySwap: -1 },
    { memory: 0, memoryReservation: 0, memorySwap: -1 },
    { cpuShares: 0 },
    { cpuPeriod: 0, cpuQuota: 0 },
    { cpusetCpus: '' },
  ];
  for (const change of dropped) assert.equal(drift(change), undefined, JSON.stringify(change));
});

test('a limit that was changed on the device is drift', () => {
  assert.equal(drift({ blkioWeight: 500 }), 'block I/O weight is 500, should be 300');
  assert.equal(drift({ cpuShares: 2 }), 'CPU shares is 2, should be 512');
  assert.equal(drift({ pidsLimit: 0 }), 'process limit is none, should be 100');
  assert.match(drift({ memory: 2 ** 27 }) ?? '', /^memory limit is 128 MiB, should be/);
  assert.match(drift({ memorySwap: 2 ** 28 }) ?? '', /^swap limit is/);
  assert.equal(
    limitsDrift({}, { ...expectedLimits({}), blkioWeight: 300 }),
    'block I/O weight is 300, should be none',
  );
});

test('the process limit that Podman gives by itself is no drift, and one that a person gave is', () => {
  const given = (pidsLimit: number) => limitsDrift({}, { ...expectedLimits({}), pidsLimit });
  assert.deepEqual([given(2048), given(64)], [undefined, 'process limit is 64, should be none']);
  assert.equal(drift({ pidsLimit: 2048 }), 'process limit is 2048, should be 100');
});
