/** By a code that is typed into a browser elsewhere (RFC 8628). Whoever talks a person into typing theirs is that person. */
import { initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type AskedOfProvider, scope, tokenOf } from './provider.ts';

export interface ShownCode {
  readonly address: string;
  readonly code: string;
}

/** Most providers leave the nonce out here: what binds the token to this login's key then is that the gateway takes it once. */
export async function deviceFlow(
  { config, nonce }: AskedOfProvider,
  show: (shown: ShownCode) => void,
  signal: AbortSignal,
): Promise<string> {
  try {
    const begun = await initiateDeviceAuthorization(config, { scope, nonce });
    show({ address: begun.verification_uri, code: begun.user_code });
    const answer = await pollDeviceAuthorizationGrant(config, begun, undefined, { signal });
    return tokenOf(answer.id_token);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new TowlineError('LOGIN_PROVIDER', `the login did not come to its end: ${messageOf(cause)}`, {
      cause,
    });
  }
}
