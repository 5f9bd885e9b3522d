/** `listen.portal` of gateway.yaml, with defaults. */
import { isTrustworthyIssuer } from '../../core/access/certificate/issuer.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Address, listenAddress } from '../../core/fleet/address.ts';
import { isWithin } from '../../core/webauthn/passkey.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';

export interface PortalSettings {
  readonly address: Address;
  /** `https://portal.example.com` */
  readonly origin: string;
  /** Undefined: plain HTTP, for a proxy on this machine. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  readonly rpId: string;
  /** From one address. */
  readonly loginsPerMinute: number;
  readonly oidc:
    | { readonly issuer: string; readonly clientId: string; readonly clientSecretFile: string | undefined }
    | undefined;
}

type PortalFile = NonNullable<NonNullable<GatewayFile['listen']>['portal']>;

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
export function portalSettings(file: PortalFile): PortalSettings {
  const { origin, certificateFile, keyFile, oidc, loginsPerMinute = 30 } = file;
  const address = listenAddress(file.bind);
  if (address === undefined) throw invalid(`bind is no address to listen on: ${file.bind}`);
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw invalid('certificateFile and keyFile belong together');
  const tls =
    certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile };
  if (tls === undefined && !isLoopback(address.host))
    throw invalid('without a certificate it listens on loopback alone, for a reverse proxy');
  // A browser leaves out the port that goes without saying.
  if (new URL(origin).origin !== origin) throw invalid(`origin is written ${new URL(origin).origin}`);
  const rpId = file.rpId ?? new URL(origin).hostname;
  if (!isWithin(origin, rpId)) throw invalid(`rpId ${rpId} is neither the host of origin nor above it`);
  if (oidc !== undefined && !isTrustworthyIssuer(oidc.issuer))
    throw invalid('oidc.issuer is not https, nor on loopback');
  return {
    ...{ address, origin, tls, rpId, loginsPerMinute },
    oidc: oidc === undefined ? undefined : { ...oidc, clientSecretFile: oidc.clientSecretFile },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.[0-9]+){3}$/.test(host);
}

function invalid(why: string): TowlineError {
  return new TowlineError('GATEWAY_CONFIG_INVALID', `listen.portal: ${why}`);
}
