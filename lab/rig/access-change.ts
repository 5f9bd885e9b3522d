/** What a device trusts in tests of its SSH server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProviderIdentity } from '../../core/access/certificate/identity-extension.ts';
import type { DeviceAccess } from '../../core/access/device-access.ts';
import { type AccessSettings, noAccess } from '../../core/access/settings.ts';
import type { TunnelTarget } from '../../core/fleet/tunnel.ts';

const hour = 3_600_000;

export interface AccessChange {
  readonly access?: Partial<AccessSettings>;
  readonly targets?: readonly TunnelTarget[];
  readonly untilMs?: number;
  readonly allow?: readonly string[];
  readonly state?: 'open' | 'closed';
  readonly reads?: boolean;
  /** Names of keys in the folder. */
  readonly operators?: Readonly<Record<string, readonly string[]>>;
  readonly gatewayKeys?: readonly string[];
  readonly certificateKeys?: readonly string[];
  /** Who each operator is at a provider. */
  readonly oidc?: readonly ProviderIdentity[];
}

/** @param name of a key in the folder */
export async function keyLine(folder: string, name: string): Promise<string> {
  return (await readFile(join(folder, `${name}.pub`), 'utf8')).trim();
}

async function keyBlob(folder: string, name: string): Promise<string> {
  return (await keyLine(folder, name)).split(' ')[1] ?? '';
}

export async function makeAccess(
  folder: string,
  device: string,
  change: AccessChange = {},
): Promise<DeviceAccess> {
  const { operators = { alice: ['alice'] }, targets = [], state = 'open', allow } = change;
  const people = Object.entries(operators).map(async ([name, keys]) => ({
    name,
    keys: await Promise.all(keys.map(key => keyBlob(folder, key))),
    file: {
      apiVersion: 'towline/v1' as const,
      sshKeys: [await keyLine(folder, keys[0] ?? name)] as [string],
      tunnels: [{ all: true as const }],
      ...(change.reads === false ? {} : { reads: [{ all: true as const }] }),
      ...(change.oidc === undefined ? {} : { oidc: change.oidc.map(one => ({ ...one })) }),
    },
  }));
  const blobs = (names: readonly string[] = []) => Promise.all(names.map(name => keyBlob(folder, name)));
  return {
    ...{ fleet: 'test', commit: 'c'.repeat(40), certificateKeys: await blobs(change.certificateKeys) },
    device: { id: device, groups: [], labels: {}, file: {} },
    tunnel: {
      ...{ state, targets, maxDurationMs: 8 * hour, reason: 'INC-42' },
      ...{ untilMs: change.untilMs ?? Date.now() + hour, openedMs: Date.now() },
      ...(allow === undefined ? {} : { allow }),
    },
    access: { ...noAccess, ...change.access },
    operators: await Promise.all(people),
    gatewayKeys: await blobs(change.gatewayKeys),
  };
}
