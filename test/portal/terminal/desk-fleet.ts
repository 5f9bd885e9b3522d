/** A fleet of one device, as a desk has read it. */
import assert from 'node:assert/strict';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';

export interface DeskFleetFacts {
  readonly gatewayKey: string;
  readonly deviceKey: string;
  readonly device: string;
  readonly isOpen: boolean;
}

export async function deskFleet({ gatewayKey, deviceKey, device, isOpen }: DeskFleetFacts): Promise<Fleet> {
  const repository = new MemoryRepository();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const pin = `sha256:${'A'.repeat(43)}=`;
  const files = new Map([
    [
      'fleet.yaml',
      `apiVersion: towline/v1\nname: acme\ngateways:\n  - { address: "gw:8443", tlsPins: ["${pin}"], sshHostKeys: ["${gatewayKey}"] }\n`,
    ],
    [
      `devices/${device}.yaml`,
      `apiVersion: towline/v1\nkeys: { tls: x, ssh: "${deviceKey}" }\ntunnel: ${isOpen ? `{ state: open, until: "${until}" }` : 'closed'}\n`,
    ],
  ]);
  const commit = repository.commit({ files, parents: [], message: 'one', timeSec: 1 });
  const { fleet, problems } = await loadFleet(new ObjectReader(repository), commit);
  assert.ok(fleet !== undefined, JSON.stringify(problems));
  return fleet;
}
