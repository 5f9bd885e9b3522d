/** Why a gateway has no tunnel of this device. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';

export function hostKeyError(gateway: GatewayAddress, cause: unknown): TowlineError {
  return new TowlineError('TUNNEL_HOST_KEY', `${gateway.address} shows an SSH host key that is not pinned`, {
    cause,
  });
}

export function connectError(gateway: GatewayAddress, cause: unknown): TowlineError {
  const reason = messageOf(cause);
  return new TowlineError('TUNNEL_CONNECT', `tunnel to ${gateway.address}: ${reason}`, { cause });
}
