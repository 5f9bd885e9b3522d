import type { DesiredTunnel } from '../fleet/tunnel.ts';
import type { AccessSettings } from './settings.ts';

/**
 * Whoever comes to a port has no name at the gateway, and its owner sees no session: where people are named, or sessions are
 * recorded, the ways that say who comes are left.
 * @returns why it is not opened; undefined: it is
 */
export function portRefusal(
  { record }: Pick<AccessSettings, 'record'>,
  { allow }: Pick<DesiredTunnel, 'allow'>,
): string | undefined {
  if (allow !== undefined) return 'the tunnel has `allow`';
  return record === 'off' ? undefined : `\`access.record\` is ${record}`;
}
