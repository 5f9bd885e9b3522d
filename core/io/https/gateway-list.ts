import type { GatewayAddress } from '../../fleet/gateway-address.ts';

/** Configured gateways first; pins of one address are joined. */
export function mergeGateways(
  configured: readonly GatewayAddress[],
  trusted: readonly GatewayAddress[],
): GatewayAddress[] {
  const merged = new Map<string, GatewayAddress>();
  for (const gateway of [...configured, ...trusted]) {
    const known = merged.get(gateway.address);
    merged.set(gateway.address, {
      address: gateway.address,
      tlsPins: [...new Set([...(known?.tlsPins ?? []), ...gateway.tlsPins])],
      sshHostKeys: [...new Set([...(known?.sshHostKeys ?? []), ...gateway.sshHostKeys])],
    });
  }
  return [...merged.values()];
}
