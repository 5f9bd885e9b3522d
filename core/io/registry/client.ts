/**
 * Asks a registry for the digest of an image. Source: OCI Distribution Specification 1.1, "Pulling manifests";
 * distribution's token authentication.
 */

import { createHash } from 'node:crypto';
import { errnoOf, messageOf } from '../../errors/cause.ts';
import { isTowlineError, TowlineError } from '../../errors.ts';
import { readFields } from '../../json.ts';
import { manifestTypes, maxManifestBytes } from './manifest.ts';
import { type ImageReference, isLoopback } from './reference.ts';
import { digestPattern } from './registry-path.ts';

/** Of an account of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface RegistryOptions {
  readonly credentials: (registry: string) => Promise<Credentials | undefined>;
  /** Registries besides loopback ones that are asked without TLS. */
  readonly insecure: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function read(response: Response, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxManifestBytes) {
        throw new TowlineError('CLI_REGISTRY_ANSWER', `the answer is over ${maxManifestBytes} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (isTowlineError(cause)) throw cause;
    const { host } = new URL(response.url);
    throw new TowlineError('CLI_REGISTRY_UNREACHABLE', `${host}: the answer was cut off`, { cause });
  }
  return Buffer.concat(chunks);
}

const basic = ({ username, password }: Credentials) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** What OpenSSL says of an answer that is no TLS: "wrong version number", "packet length too long". */
const notTls = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/;

function whyNot(host: string, cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (!notTls.test(errnoOf(inner) ?? '')) return messageOf(inner);
  return `it answers without TLS; where that is meant and the way there is safe: --insecure ${host}`;
}

/** `Bearer realm="…",service="…",scope="…"` → its parameters. */
export function challengeOf(header: string): { scheme: string; parameters: Record<string, string> } {
  const [scheme = ''] = header.split(' ');
  const parameters = [...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  );
  return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

export class RegistryClient {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    const { signal, timeoutMs } = this.#options;
    try {
      return await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    } catch (cause) {
      signal.throwIfAborted();
      const { host } = new URL(url);
      throw new TowlineError('CLI_REGISTRY_UNREACHABLE', `${host}: ${whyNot(host, cause)}`, { cause });
    }
  }

  /** A token for one repository. Credentials go to a realm over TLS only, or on this machine. */
  async #token(
    registry: string,
    parameters: Record<string, string>,
    repository: string,
  ): Promise<string | undefined> {
    const realm = URL.canParse(parameters.realm ?? '') ? new URL(parameters.realm ?? '') : undefined;
    if (realm === undefined || !/^https?:$/.test(realm.protocol)) {
      throw new TowlineError('CLI_REGISTRY_ANSWER', `${registry} names no place where tokens are given`);
    }
    if (parameters.service !== undefined) realm.searchParams.set('service', parameters.service);
    realm.searchParams.set('scope', parameters.scope ?? `repository:${repository}:pull`);
    const credentials = await this.#options.credentials(registry);
    const safe = realm.protocol === 'https:' || this.#plain(realm.host);
    const headers = credentials !== undefined && safe ? { authorization: basic(credentials) } : undefined;
    const response = await this.#ask(realm.href, headers === undefined ? {} : { headers });
    const body = await read(response, this.#options.signal);
    if (!response.ok)
      throw new TowlineError('CLI_REGISTRY_REFUSED', `${realm.host} gives no token: ${response.status}`);
    try {
      const { token, access_token } = readFields(body.toString('utf8'));
      const found = token ?? access_token;
      return typeof found === 'string' ? found : undefined;
    } catch (cause) {
      throw new TowlineError('CLI_REGISTRY_ANSWER', `${realm.host} answers no token`, { cause });
    }
  }

  #plain(host: string): boolean {
    return isLoopback(host) || this.#options.insecure.includes(host);
  }

  async #authorisation(
    response: Response,
    { registry, repository }: ImageReference,
  ): Promise<string | undefined> {
    const { scheme, parameters } = challengeOf(response.headers.get('www-authenticate') ?? '');
    if (scheme === 'bearer') {
      const token = await this.#token(registry, parameters, repository);
      return token === undefined ? undefined : `Bearer ${token}`;
    }
    const credentials = await this.#options.credentials(registry);
    return credentials === undefined ? undefined : basic(credentials);
  }

  /**
   * The digest that a reference has now: of the index where the image has several architectures. The manifest is
   * read and hashed; the registry's word alone does not count.
   * @throws TowlineError CLI_REGISTRY_UNREACHABLE, CLI_REGISTRY_REFUSED, CLI_REGISTRY_ANSWER
   */
  async digest(reference: ImageReference): Promise<string> {
    const { registry, repository, tag, digest } = reference;
    const url = `${this.#plain(registry) ? 'http' : 'https'}://${registry}/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`;
    const headers: Record<string, string> = { accept: manifestTypes.join(', ') };
    let response = await this.#ask(url, { headers });
    if (response.status === 401) {
      await response.body?.cancel().catch(() => undefined);
      const authorization = await this.#authorisation(response, reference);
      if (authorization !== undefined)
        response = await this.#ask(url, { headers: { ...headers, authorization } });
    }
    const name = `${registry}/${repository}:${tag ?? digest}`;
    if (!response.ok) {
      await response.body?.cancel().catch(() => undefined);
      const why =
        response.status === 404 ? 'there is no such image' : `the registry answers ${response.status}`;
      throw new TowlineError('CLI_REGISTRY_REFUSED', `${name}: ${why}`);
    }
    const found = `sha256:${createHash('sha256')
      .update(await read(response, this.#options.signal))
      .digest('hex')}`;
    const said = response.headers.get('docker-content-digest');
    if (
      (digest !== undefined && digest !== found) ||
      (said !== null && digestPattern.test(said) && said !== found)
    ) {
      throw new TowlineError(
        'CLI_REGISTRY_ANSWER',
        `${name}: the manifest hashes to ${found}, not ${digest ?? said}`,
      );
    }
    return found;
  }
}
