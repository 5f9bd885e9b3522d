/** A fleet of one device and one operator, as the gateway sees it after a walk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AccessSettings, noAccess } from '../../core/access/settings.ts';
import type { SeenTunnel } from '../../core/access/tunnel-end.ts';
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import { FleetView } from '../../gateway/fleet/fleet-view.ts';

export const device = 'pump-17';
/** By this name at the jump, port 22 is the device's own sshd. */
export const deviceHost = `${device}.host`;
export const operator = 'alice';
export const hour = 3_600_000;
/** For whom a connection is, where it is nobody in particular. */
export const somebody = { operator, to: device };

/** An open tunnel to the given ports of this machine. */
export function openTunnel(
  targets: Readonly<Record<string, number>>,
  more: Partial<EndingTunnel & SeenTunnel> = {},
): EndingTunnel & SeenTunnel {
  return {
    state: 'open',
    untilMs: Date.now() + hour,
    openedMs: Date.now(),
    maxDurationMs: 8 * hour,
    targets: Object.entries(targets).map(([name, port]) => ({ name, host: '127.0.0.1', port })),
    ...more,
  };
}

export interface ViewChange {
  readonly revoked?: boolean;
  readonly operatorGone?: boolean;
  readonly reaches?: boolean;
  readonly access?: Partial<AccessSettings>;
}

/** @param folder in which their public keys are */
export async function makeView(
  folder: string,
  tunnel: SeenTunnel | undefined,
  change: ViewChange = {},
): Promise<FleetView> {
  const line = async (name: string) => (await readFile(join(folder, `${name}.pub`), 'utf8')).trim();
  const keys = { tls: 'not-used-here', ssh: await line('device') };
  const person = {
    apiVersion: 'towline/v1' as const,
    sshKeys: [await line(operator)] as [string],
    git: { fleet: 'write' as const, telemetry: 'read' as const },
    ...(change.reaches === false ? {} : { tunnels: [{ all: true as const }] }),
  };
  return new FleetView({
    commit: '0'.repeat(40),
    fleet: undefined,
    devices: [
      {
        id: device,
        file: { apiVersion: 'towline/v1', keys, ...(change.revoked === true ? { revoked: true } : {}) },
        groups: [],
        labels: {},
      },
    ],
    operators: change.operatorGone === true ? [] : [{ name: operator, file: person }],
    desiredTunnel: () => tunnel,
    accessOf: () => ({ ...noAccess, ...change.access }),
  });
}
