/** The provider of a login, as openid-client talks to it. */
import { allowInsecureRequests, type Configuration, discovery, None } from 'openid-client';
import { isOnLoopback, isTrustworthyIssuer } from '../../core/access/certificate/issuer.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Offer } from './gateway-desk.ts';

const timeoutSec = 30;

/**
 * @param known providers that stand in operator files of the verified repository: no gateway sends a person to another
 * @throws TowlineError LOGIN_PROVIDER
 */
export async function provider(
  { issuer, clientId }: Offer,
  known: ReadonlySet<string>,
): Promise<Configuration> {
  if (!known.has(issuer) || !isTrustworthyIssuer(issuer)) {
    const message = `the gateway names the provider ${JSON.stringify(issuer.slice(0, 200))}, which no operator file has; git fetch, if one has it by now`;
    throw new TowlineError('LOGIN_PROVIDER', message);
  }
  const execute = isOnLoopback(issuer) ? [allowInsecureRequests] : [];
  try {
    return await discovery(new URL(issuer), clientId, undefined, None(), { execute, timeout: timeoutSec });
  } catch (cause) {
    throw new TowlineError('LOGIN_PROVIDER', `${issuer}: ${messageOf(cause)}`, { cause });
  }
}

/** What a login asks of a provider, and what its answer is held against. */
export interface AskedOfProvider {
  readonly config: Configuration;
  /** Made of the key: the token is for that key. */
  readonly nonce: string;
}

/** Who this is, and nothing else: neither mail nor profile is asked for. */
export const scope = 'openid';

/** @throws TowlineError LOGIN_PROVIDER */
export function tokenOf(token: string | undefined): string {
  if (token !== undefined) return token;
  throw new TowlineError('LOGIN_PROVIDER', 'the provider has answered without a token of who this is');
}
