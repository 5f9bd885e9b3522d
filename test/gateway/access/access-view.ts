/** Views of a fleet whose devices have access: what the gateway sees after a walk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AccessSettings, noAccess } from '../../../core/access/settings.ts';
import type { DesiredTunnel } from '../../../core/fleet/tunnel.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { device, openTunnel, operator } from '../../../lab/rig/tunnel-fleet.ts';
import type { FleetFile, OperatorFile } from '../../../schemas/types.generated.ts';

export interface AccessFleet {
  readonly ports?: NonNullable<FleetFile['tunnels']>['ports'];
  /** Undefined: it is closed. */
  readonly tunnel?: DesiredTunnel | undefined;
  readonly access?: Partial<AccessSettings>;
  /** Ports of devices that are nowhere. */
  readonly others?: Readonly<Record<string, number>>;
  readonly person?: Partial<OperatorFile>;
  readonly gateway?: Partial<FleetFile['gateways'][number]>;
  /** Of the view. */
  readonly operators?: readonly string[];
}

/** @param folder with the public keys of a Rig */
export async function accessView(folder: string, fleet: AccessFleet): Promise<FleetView> {
  const line = async (name: string) => (await readFile(join(folder, `${name}.pub`), 'utf8')).trim();
  const others = Object.entries(fleet.others ?? {});
  const access = new Map<string, AccessSettings>([
    [device, { ...noAccess, ...fleet.access }],
    ...others.map(([id, port]) => [id, { ...noAccess, port }] as const),
  ]);
  const tunnel = 'tunnel' in fleet ? fleet.tunnel : openTunnel({});
  const file = {
    apiVersion: 'towline/v1',
    keys: { tls: 'not-used-here', ssh: await line('device') },
  } as const;
  const sshKeys: [string] = [await line(operator)];
  const person: OperatorFile = {
    ...{ apiVersion: 'towline/v1', sshKeys, git: { fleet: 'write', telemetry: 'read' } },
    ...{ tunnels: [{ all: true }], ...fleet.person },
  };
  const gateway = { address: 'gw:8443', tlsPins: [], sshHostKeys: [], ...fleet.gateway };
  const ids = [device, ...others.map(([id]) => id)];
  return new FleetView({
    commit: '0'.repeat(40),
    fleet: {
      ...{ apiVersion: 'towline/v1', name: 'acme', gateways: [gateway] },
      ...(fleet.ports === undefined ? {} : { tunnels: { ports: fleet.ports } }),
    },
    devices: ids.map(id => ({
      ...{ id, groups: [], labels: {} },
      file: id === device ? file : { apiVersion: 'towline/v1' },
    })),
    operators: (fleet.operators ?? [operator]).map(name => ({ name, file: person })),
    desiredTunnel: one => (one.id === device ? tunnel : undefined),
    accessOf: ({ id }) => access.get(id) ?? noAccess,
  });
}
