/** `oidc` of gateway.yaml, with defaults and units. */

import { isTrustworthyIssuer } from '../../core/access/certificate/issuer.ts';
import { longestCertificateMs } from '../../core/access/certificate/user-certificate.ts';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** The key that signs certificates. */
  readonly keyFile: string;
  readonly lifetimeMs: number;
  readonly deviceFlow: boolean;
  /** From one address. */
  readonly loginsPerMinute: number;
}

const shortestMs = 60_000;

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
export function oidcSettings(file: NonNullable<GatewayFile['oidc']>): OidcSettings {
  const { issuer, clientId, keyFile, deviceFlow = false, loginsPerMinute = 30 } = file;
  if (!isTrustworthyIssuer(issuer)) {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', '`oidc.issuer` is not https, nor on loopback');
  }
  const lifetimeMs = parseDuration(file.lifetime ?? '8h');
  if (lifetimeMs < shortestMs || lifetimeMs > longestCertificateMs) {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', '`oidc.lifetime` is not one minute to 8 hours');
  }
  return { issuer, clientId, keyFile, lifetimeMs, deviceFlow, loginsPerMinute };
}
