/**
 * By an OpenID provider (authorization code, PKCE: RFC 7636). Who it is says the provider, what they may the operator's file; such a
 * login reads and uses open tunnels, and signs nothing.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  type CustomFetchOptions,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { isOnLoopback } from '../../core/access/certificate/issuer.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { Challenges } from './challenges.ts';
import type { ShownPerson } from './login-desk.ts';
import type { People } from './proof.ts';

export interface OidcLoginOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Read whenever it is needed; undefined: a public client. */
  readonly clientSecret: (() => Promise<string>) | undefined;
  readonly origin: string;
  readonly people: People;
  readonly clock: Clock;
}

interface Way {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const timeoutSec = 10;
const maxAnswerBytes = 256 * 1024;
/** What the provider publishes is read again after this, milliseconds. */
const knownForMs = 10 * 60_000;
export const backPath = '/api/v1/login/oidc/back';

export class OidcLogin {
  readonly #options: OidcLoginOptions;
  readonly #ways: Challenges<Way>;
  #known: { readonly config: Promise<Configuration>; readonly untilMs: number } | undefined;

  constructor(options: OidcLoginOptions) {
    this.#options = options;
    this.#ways = new Challenges(options.clock);
  }

  /** For the button that leads there. */
  get providerName(): string {
    return new URL(this.#options.issuer).host;
  }

  /** @returns where the browser goes, and what it must bring back as a cookie @throws TowlineError LOGIN_PROVIDER */
  async begin(): Promise<{ readonly address: string; readonly way: string }> {
    const config = await this.#config();
    const way = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const address = buildAuthorizationUrl(config, {
      redirect_uri: `${this.#options.origin}${backPath}`,
      scope: 'openid',
      ...{ state: way.state, nonce: way.nonce },
      code_challenge: await calculatePKCECodeChallenge(way.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, way: this.#ways.make(way) };
  }

  /**
   * @param way the cookie's value: of the browser that went there
   * @param query as the browser came back with it
   * @throws TowlineError LOGIN_PROVIDER, LOGIN_UNKNOWN, PORTAL_LOGIN_REFUSED
   */
  async finish(way: string, query: ReadonlyMap<string, string>): Promise<ShownPerson> {
    const went = this.#ways.use(way);
    if (went === undefined || query.get('state') !== went.state)
      throw new TowlineError('PORTAL_LOGIN_REFUSED', 'this browser has not gone there, or too long ago');
    const config = await this.#config();
    const back = new URL(`${this.#options.origin}${backPath}`);
    for (const [name, value] of query) back.searchParams.set(name, value);
    const { state: expectedState, nonce: expectedNonce, verifier: pkceCodeVerifier } = went;
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const answer = await authorizationCodeGrant(config, back, checks).catch((cause: unknown) => {
      const message = `the provider: ${messageOf(cause).slice(0, 200)}`;
      throw new TowlineError('PORTAL_LOGIN_REFUSED', message, { cause });
    });
    return this.#personOf(answer.claims()?.sub);
  }

  /** By `iss` and `sub` alone, as for a certificate. */
  #personOf(sub: string | undefined): ShownPerson {
    const { issuer: iss, people } = this.#options;
    const found = [...people.all()].filter(({ file }) =>
      (file.oidc ?? []).some(known => known.iss === iss && known.sub === sub),
    );
    const [person, ...more] = found;
    if (sub !== undefined && person !== undefined && more.length === 0)
      return { name: person.name, proof: { by: 'oidc', iss, sub } };
    const who = more.length === 0 ? 'no operator has' : 'several operators have';
    throw new TowlineError('LOGIN_UNKNOWN', `${who} iss ${iss} and sub ${sub?.slice(0, 255)} in \`oidc\``);
  }

  async #config(): Promise<Configuration> {
    const now = this.#options.clock.monotonic();
    if (this.#known === undefined || this.#known.untilMs < now)
      this.#known = { config: this.#discover(), untilMs: now + knownForMs };
    try {
      return await this.#known.config;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    try {
      const secret = await clientSecret?.();
      const who = secret === undefined ? None() : ClientSecretPost(secret);
      const insecure = isOnLoopback(issuer) ? [allowInsecureRequests] : [];
      const execute = [...insecure, enableNonRepudiationChecks];
      const how = { execute, timeout: timeoutSec, [customFetch]: boundedFetch };
      return await discovery(new URL(issuer), clientId, undefined, who, how);
    } catch (cause) {
      throw new TowlineError('LOGIN_PROVIDER', `${issuer}: ${messageOf(cause)}`, { cause });
    }
  }
}

/** What a provider answers is read to its end by openid-client, whatever that is. */
async function boundedFetch(place: string, options: CustomFetchOptions): Promise<Response> {
  const { body = null, headers: asked, method, signal = null } = options;
  const response = await fetch(place, { body, headers: asked, method, signal, redirect: 'error' });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw new Error(`an answer of over ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  const { status, headers } = response;
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : Buffer.concat(pieces), { status, headers });
}
