/**
 * Asks a registry for manifests and blobs of images; nothing counts that does not hash to its name. Source: OCI Distribution
 * Specification 1.1, "Pulling manifests"; distribution's token authentication.
 */

import { createHash } from 'node:crypto';
import { isTowlineError, TowlineError } from '../../errors.ts';
import { digestOf, digestPattern } from '../../images/digest.ts';
import { type Descriptor, ociIndex } from '../../images/manifest.ts';
import { manifestTypes } from './manifest.ts';
import type { ImageReference } from './reference.ts';
import { type HttpOptions, type RegistryAnswer, RegistryHttp } from './registry-http.ts';
import { basicHeader, type Credentials, challengeOf, readToken, tokenPlace } from './registry-login.ts';

export interface RegistryOptions extends HttpOptions {
  readonly credentials: (registry: string) => Promise<Credentials | undefined>;
}

const nameOf = ({ registry, repository, tag, digest }: ImageReference) =>
  `${registry}/${repository}${tag === undefined ? '@' : ':'}${tag ?? digest}`;

const wrong = (reference: ImageReference, why: string) =>
  new TowlineError('CLI_REGISTRY_ANSWER', `${nameOf(reference)}: ${why}`);

/** Registries of before the list of referrers answer 404, or 400 and 405 where they take it for something else. */
const isAbsent = (error: unknown) =>
  isTowlineError(error, 'CLI_REGISTRY_REFUSED') && [400, 404, 405].includes(Number(error.details.status));

export class RegistryClient {
  readonly #options: RegistryOptions;
  readonly #http: RegistryHttp;
  /** Registry and repository → what it was last let in with. */
  readonly #authorisations = new Map<string, string>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#http = new RegistryHttp(options);
  }

  /** A token for one repository. Credentials go to a realm over TLS only, or on this machine. */
  async #token(
    registry: string,
    parameters: Record<string, string>,
    repository: string,
  ): Promise<string | undefined> {
    const realm = tokenPlace(parameters, repository);
    if (realm === undefined)
      throw new TowlineError('CLI_REGISTRY_ANSWER', `${registry} names no place where tokens are given`);
    const credentials = await this.#options.credentials(registry);
    const safe = realm.protocol === 'https:' || this.#http.plain(realm.host);
    const headers = credentials !== undefined && safe ? { authorization: basicHeader(credentials) } : {};
    const answer = await this.#http.ask(realm.href, headers);
    const body = await answer.read();
    const { ok, status } = answer.response;
    if (!ok) throw new TowlineError('CLI_REGISTRY_REFUSED', `${realm.host} gives no token: ${status}`);
    try {
      const { token } = readToken(body);
      return typeof token === 'string' ? token : undefined;
    } catch (cause) {
      throw new TowlineError('CLI_REGISTRY_ANSWER', `${realm.host} answers no token`, { cause });
    }
  }

  async #authorisation(
    { response }: RegistryAnswer,
    { registry, repository }: ImageReference,
  ): Promise<string | undefined> {
    const { scheme, parameters } = challengeOf(response.headers.get('www-authenticate') ?? '');
    if (scheme === 'bearer') {
      const token = await this.#token(registry, parameters, repository);
      return token === undefined ? undefined : `Bearer ${token}`;
    }
    const credentials = await this.#options.credentials(registry);
    return credentials === undefined ? undefined : basicHeader(credentials);
  }

  /** A manifest or blob of a repository, where the registry gives it. */
  async #get(reference: ImageReference, what: string, accept: string): Promise<RegistryAnswer> {
    const answer = await this.#ask(reference, what, { method: 'GET', accept });
    const { ok, status } = answer.response;
    if (ok) return answer;
    await answer.drop();
    const why = status === 404 ? 'there is no such image' : `the registry answers ${status}`;
    throw new TowlineError('CLI_REGISTRY_REFUSED', `${nameOf(reference)}: ${why}`, { details: { status } });
  }

  /** Whatever it answers, once it has let in. A token may end between two questions. */
  async #ask(
    reference: ImageReference,
    what: string,
    { method, accept }: { readonly method: 'GET' | 'DELETE'; readonly accept: string },
  ): Promise<RegistryAnswer> {
    const { registry, repository } = reference;
    const url = `${this.#http.plain(registry) ? 'http' : 'https'}://${registry}/v2/${repository}/${what}`;
    // A token that reads deletes nothing.
    const place = `${method} ${registry}/${repository}`;
    const ask = () => {
      const authorization = this.#authorisations.get(place);
      const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
      return this.#http.ask(url, headers, method);
    };
    let answer = await ask();
    if (answer.response.status === 401) {
      await answer.drop();
      const authorization = await this.#authorisation(answer, reference);
      if (authorization !== undefined) {
        this.#authorisations.set(place, authorization);
        answer = await ask();
      }
    }
    return answer;
  }

  /**
   * Removes a manifest by its digest, with the tags that lead to it; its layers go when the registry collects them.
   * @returns whether it was there
   * @throws TowlineError REGISTRY_DELETE_REFUSED, CLI_REGISTRY_UNREACHABLE
   */
  async remove(reference: ImageReference): Promise<boolean> {
    const answer = await this.#ask(reference, `manifests/${reference.digest}`, {
      method: 'DELETE',
      accept: '*/*',
    });
    await answer.drop();
    const { ok, status } = answer.response;
    if (ok || status === 404) return ok;
    const why = status === 405 ? 'it deletes nothing' : `the registry answers ${status}`;
    throw new TowlineError('REGISTRY_DELETE_REFUSED', `${nameOf(reference)}: ${why}`, {
      details: { status },
    });
  }

  /**
   * The manifest that a reference has now: the index where the image has several architectures. It is hashed; the
   * registry's word alone does not count.
   * @throws TowlineError CLI_REGISTRY_UNREACHABLE, CLI_REGISTRY_REFUSED, CLI_REGISTRY_ANSWER
   */
  async manifest(reference: ImageReference): Promise<{ readonly digest: string; readonly bytes: Buffer }> {
    const { tag, digest } = reference;
    const answer = await this.#get(
      reference,
      `manifests/${digest ?? tag ?? 'latest'}`,
      manifestTypes.join(', '),
    );
    const bytes = await answer.read();
    const found = digestOf(bytes);
    const header = answer.response.headers.get('docker-content-digest') ?? '';
    const said = digestPattern.test(header) ? header : found;
    if ((digest ?? found) !== found || said !== found)
      throw wrong(reference, `the manifest hashes to ${found}, not ${digest ?? said}`);
    return { digest: found, bytes };
  }

  /**
   * What refers to a digest: an index of manifests. Where the registry has no such list, the tag that clients keep
   * instead. Source: OCI Distribution Specification 1.1, "Listing Referrers" and "Unavailable Referrers API".
   * @returns undefined: there is none
   * @throws TowlineError as `manifest`
   */
  async referrers(reference: ImageReference, digest: string): Promise<Buffer | undefined> {
    try {
      const answer = await this.#get(reference, `referrers/${digest}`, ociIndex);
      return await answer.read();
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    return this.found({ ...reference, digest: undefined, tag: digest.replace(':', '-') });
  }

  /** As `manifest`. @returns undefined: there is none */
  async found(reference: ImageReference): Promise<Buffer | undefined> {
    try {
      return (await this.manifest(reference)).bytes;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** All of a small blob. @throws TowlineError as `manifest` */
  async smallBlob(reference: ImageReference, blob: Descriptor): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.blob(reference, blob)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /**
   * The bytes of a blob as they come; an error is the last of it where the whole does not fit its name.
   * @throws TowlineError as `manifest`
   */
  async *blob(reference: ImageReference, { digest, size }: Descriptor): AsyncGenerator<Uint8Array> {
    const answer = await this.#get(reference, `blobs/${digest}`, '*/*');
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of answer.chunks()) {
      bytes += chunk.length;
      if (bytes > size) throw wrong(reference, `blob ${digest} has more than its ${size} bytes`);
      hash.update(chunk);
      yield chunk;
    }
    if (bytes !== size || `sha256:${hash.digest('hex')}` !== digest)
      throw wrong(reference, `blob ${digest} is not what it is named`);
  }
}
