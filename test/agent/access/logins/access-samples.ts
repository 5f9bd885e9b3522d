/** One device of whose sshd two people may have accounts, for an hour. */
import type { AccessOperator, DeviceAccess } from '../../../../core/access/device-access.ts';
import { noAccess } from '../../../../core/access/settings.ts';

export const hour = 3_600_000;

export function personNamed(name: string, ...keys: readonly string[]): AccessOperator {
  return { name, keys, file: { apiVersion: 'towline/v1', sshKeys: [], tunnels: [{ all: true }] } };
}

export function accessTo(
  operators: readonly AccessOperator[],
  more: Partial<DeviceAccess> = {},
): DeviceAccess {
  return {
    fleet: 'pumps',
    commit: '0'.repeat(40),
    device: { id: 'pump-17', groups: [], labels: {}, file: {} },
    tunnel: { state: 'open', openedMs: Date.now(), maxDurationMs: hour, targets: [] },
    access: { ...noAccess, logins: [{ user: 'root' }] },
    operators,
    gatewayKeys: [],
    certificateKeys: [],
    ...more,
  };
}
