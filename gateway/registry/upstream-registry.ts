/** One registry behind the gateway: asked with the gateway's own login, over connections that are kept. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { errnoOf, messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { manifestTypes } from '../../core/io/registry/manifest.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import type { RegistrySettings } from './registry-settings.ts';
import { UpstreamLogin } from './upstream-login.ts';

const maxRedirects = 5;
const maxTokenBytes = 64 * 1024;
const maxPemBytes = 1024 * 1024;
/** By then an answer must have begun, milliseconds. */
const beginMs = 30_000;

const notTrusted = /CERT|SELF_SIGNED|UNABLE_TO/;

/** What this machine trusts; a Node before 22.15 only says what it was built with. */
const machineAuthorities = (): readonly string[] =>
  tls.getCACertificates?.('default') ?? tls.rootCertificates;

export interface UpstreamAsk {
  readonly method: 'GET' | 'HEAD';
  readonly repository: string;
  /** After the repository's name: `/manifests/…`. */
  readonly rest: string;
}

export class UpstreamRegistry {
  readonly #settings: RegistrySettings;
  readonly #login: UpstreamLogin;
  readonly #maxSockets: number;
  readonly #agents = new Map<string, http.Agent>();

  constructor(settings: RegistrySettings, maxSockets: number) {
    this.#settings = settings;
    this.#maxSockets = maxSockets;
    this.#login = new UpstreamLogin(settings, (url, headers) => this.#token(url, headers));
  }

  get name(): string {
    return this.#settings.name;
  }

  /**
   * What it answers with 200. Whoever calls reads or destroys it.
   * @throws TowlineError GATEWAY_IMAGE_UNKNOWN, GATEWAY_REGISTRY_UNREACHABLE; the signal's reason
   */
  async ask({ method, repository, rest }: UpstreamAsk, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(`${this.#settings.url}/v2/${repository}${rest}`);
    const known = await this.#login.known(repository);
    let answer = await this.#follow(url, { method, authorization: known }, signal);
    if (answer.statusCode === 401) {
      answer.destroy();
      const authorization = await this.#login.answer(answer.headers['www-authenticate'] ?? '', repository);
      if (authorization !== undefined) answer = await this.#follow(url, { method, authorization }, signal);
    }
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    const what = `${this.name}/${repository}${rest}`;
    if (answer.statusCode === 404) throw new TowlineError('GATEWAY_IMAGE_UNKNOWN', `there is no ${what}`);
    throw new TowlineError(
      'GATEWAY_REGISTRY_UNREACHABLE',
      `${what}: the registry answers ${answer.statusCode}`,
    );
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  /** Blobs often lie elsewhere. Nobody there gets the login; from TLS nothing leads to what has none. */
  async #follow(
    first: URL,
    { method, authorization }: { method: string; authorization: string | undefined },
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    let url = first;
    for (let count = 0; ; count += 1) {
      const isOwn = url.origin === first.origin;
      const headers = {
        accept: manifestTypes.join(', '),
        'user-agent': 'towline',
        ...(isOwn && authorization !== undefined ? { authorization } : {}),
      };
      const answer = await this.#exchange(url, { method, headers }, signal);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || location === undefined)
        return answer;
      answer.destroy();
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      const isSafe = next?.protocol === 'https:' || (next?.protocol === 'http:' && url.protocol === 'http:');
      if (next === undefined || !isSafe || count === maxRedirects)
        throw this.#unreachable(new Error('it leads elsewhere, where nobody follows'));
      url = next;
    }
  }

  async #exchange(
    url: URL,
    options: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    using late = new TimeLimit(beginMs);
    try {
      const agent = await this.#agentFor(url);
      const make = url.protocol === 'https:' ? https.request : http.request;
      const begun = AbortSignal.any([signal, late.signal]);
      return await new Promise((resolve, reject) => {
        const request = make(url, { ...options, agent, signal: begun });
        request.once('response', answer => resolve(answer.on('error', () => undefined)));
        request.on('error', reject).on('close', () => reject(new Error('it answers nothing')));
        request.end();
      });
    } catch (error) {
      signal.throwIfAborted();
      // What its certificate must lead to may have been replaced.
      if (notTrusted.test(errnoOf(error) ?? '')) this.#agents.clear();
      if (isTowlineError(error)) throw error;
      throw this.#unreachable(late.signal.aborted ? new Error('it does not answer') : error);
    }
  }

  async #agentFor({ protocol, origin }: URL): Promise<http.Agent> {
    const isOwn = origin === new URL(this.#settings.url).origin;
    const key = `${protocol}${isOwn}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const kept = { keepAlive: true, maxSockets: this.#maxSockets, timeout: 120_000 } as const;
    const ca = protocol === 'https:' ? await this.#authorities(isOwn) : undefined;
    const agent =
      protocol === 'https:'
        ? new https.Agent({ ...kept, ...(ca === undefined ? {} : { ca }) })
        : new http.Agent(kept);
    this.#agents.set(key, agent);
    return agent;
  }

  /** Elsewhere the machine's count as well. */
  async #authorities(isOwn: boolean): Promise<string[] | undefined> {
    const { caFile } = this.#settings;
    if (caFile === undefined) return undefined;
    const pem = await readBounded(caFile, maxPemBytes).catch(() => undefined);
    if (pem === undefined) throw this.#unreachable(new Error(`${caFile} cannot be read`));
    return isOwn ? [pem.toString('utf8')] : [...machineAuthorities(), pem.toString('utf8')];
  }

  async #token(url: URL, headers: Readonly<Record<string, string>>): Promise<Buffer> {
    const signal = AbortSignal.timeout(beginMs);
    const answer = await this.#exchange(url, { method: 'GET', headers }, signal);
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw this.#unreachable(new Error(`${url.host} gives no token: ${answer.statusCode}`));
    }
    return await readWhole(answer, maxTokenBytes);
  }

  #unreachable(cause: unknown): TowlineError {
    const why = errnoOf(cause) ?? messageOf(cause);
    return new TowlineError('GATEWAY_REGISTRY_UNREACHABLE', `${this.name}: ${why}`, { cause });
  }
}

/** @throws TowlineError GATEWAY_REGISTRY_ANSWER when it is longer, is cut, or comes too slowly */
export async function readWhole(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => answer.destroy(new Error('it came too slowly')), beginMs);
  try {
    const incoming: AsyncIterable<Buffer> = answer;
    for await (const piece of incoming) {
      length += piece.length;
      if (length > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (cause) {
    throw new TowlineError('GATEWAY_REGISTRY_ANSWER', `an answer of a registry: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
    answer.destroy();
  }
}
