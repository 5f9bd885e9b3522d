/** What a provider says of a person: a signed token, checked against the keys that the provider publishes. */
import { timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import type { ProviderIdentity } from '../../core/access/certificate/identity-extension.ts';
import { isTrustworthyIssuer } from '../../core/access/certificate/issuer.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { readFields } from '../../core/json.ts';

export type LoginFlow = 'browser' | 'device';

export interface IdTokensOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clock: Clock;
}

/** The provider must have answered by then, milliseconds. */
const timeoutMs = 10_000;
const maxAnswerBytes = 128 * 1024;
/** Keys of the provider are read again after this, and for a key that is not known at most this often, milliseconds. */
const keysForMs = 10 * 60_000;
const cooldownMs = 30_000;
/** Since it was made: time enough to come here. */
const longestAgeSec = 600;
const skewSec = 60;
/** Signatures by keys that the provider alone has. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export class IdTokens {
  readonly #options: IdTokensOptions;
  #keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  constructor(options: IdTokensOptions) {
    this.#options = options;
  }

  /**
   * @param nonce that it must have been asked for with
   * @param flow of a token that was asked for by a code typed elsewhere (RFC 8628): providers put no nonce into it
   * @throws TowlineError LOGIN_TOKEN_REFUSED, LOGIN_PROVIDER
   */
  async check(token: string, nonce: string, flow: LoginFlow = 'browser'): Promise<ProviderIdentity> {
    const { issuer, clientId, clock } = this.#options;
    const keys = await this.#publishedKeys();
    let claims: JWTPayload;
    try {
      const verified = await jwtVerify(token, keys, {
        issuer,
        audience: clientId,
        algorithms,
        maxTokenAge: longestAgeSec,
        clockTolerance: skewSec,
        currentDate: new Date(clock.now()),
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
      });
      claims = verified.payload;
    } catch (error) {
      throw refusalOf(error);
    }
    const { sub, azp, aud } = claims;
    const isForUs = azp === undefined ? typeof aud === 'string' || aud?.length === 1 : azp === clientId;
    if (!isForUs) throw refused('it was made for another program');
    if (claims.nonce === undefined ? flow !== 'device' : !isSame(String(claims.nonce), nonce))
      throw refused('it was not asked for with this key');
    if (typeof sub !== 'string' || sub === '') throw refused('it names nobody');
    return { iss: issuer, sub };
  }

  async #publishedKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    this.#keys ??= createRemoteJWKSet(new URL(await this.#keysPlace()), {
      timeoutDuration: timeoutMs,
      cooldownDuration: cooldownMs,
      cacheMaxAge: keysForMs,
      [customFetch]: fetchKeys,
    });
    return this.#keys;
  }

  /** OpenID Connect Discovery 1.0, section 4. */
  async #keysPlace(): Promise<string> {
    const { issuer } = this.#options;
    const place = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const response = await fetch(place, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const { issuer: named, jwks_uri: keys } = readFields(await bounded(response));
      if (named !== issuer) throw new Error('it calls itself otherwise');
      if (typeof keys !== 'string' || !isTrustworthyIssuer(keys))
        throw new Error('it names no place for its keys');
      return keys;
    } catch (cause) {
      throw new TowlineError('LOGIN_PROVIDER', `${place}: ${messageOf(cause)}`, { cause });
    }
  }
}

/** jose reads an answer to its end, whatever that is. */
async function fetchKeys(place: string, options: RequestInit): Promise<Response> {
  const response = await fetch(place, options);
  const { status } = response;
  if (status !== 200) throw new errors.JWKSInvalid(`status ${status}`);
  const text = await bounded(response).catch((error: unknown) => {
    throw new errors.JWKSInvalid(messageOf(error));
  });
  return new Response(text);
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error(`over ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Where its keys cannot be had nothing is said of the token. */
function refusalOf(error: unknown): TowlineError {
  const isOfProvider =
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error instanceof TypeError;
  if (isOfProvider) {
    const message = `the provider’s keys cannot be read: ${messageOf(error)}`;
    return new TowlineError('LOGIN_PROVIDER', message, { cause: error });
  }
  return refused(error instanceof errors.JOSEError ? messageOf(error) : 'it cannot be read', error);
}

function refused(why: string, cause?: unknown): TowlineError {
  return new TowlineError('LOGIN_TOKEN_REFUSED', `the provider’s token is refused: ${why}`, { cause });
}
