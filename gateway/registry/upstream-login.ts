/**
 * How the gateway gets in at one registry: basic, a bearer token of a file, or tokens that it asks for. Files are read when
 * they are needed. Source: distribution's token authentication.
 */
import { TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { basicHeader, challengeOf, readToken, tokenPlace } from '../../core/io/registry/registry-login.ts';
import type { RegistrySettings } from './registry-settings.ts';

const maxSecretBytes = 64 * 1024;
const maxKeptTokens = 256;
/** Where a token does not say how long it holds: distribution's default. */
const defaultHoldsSec = 60;
/** A token is not used any more so shortly before its end. */
const earlierMs = 10_000;

/** Asks the place that gives tokens. @returns the body of its answer */
export type AskForToken = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Buffer>;

export class UpstreamLogin {
  readonly #settings: RegistrySettings;
  readonly #ask: AskForToken;
  readonly #tokens = new Map<string, { readonly header: string; readonly untilMs: number }>();

  constructor(settings: RegistrySettings, ask: AskForToken) {
    this.#settings = settings;
    this.#ask = ask;
  }

  /** What is known to let in for this repository; undefined where the registry has not asked yet. */
  async known(repository: string): Promise<string | undefined> {
    const { tokenFile } = this.#settings;
    if (tokenFile !== undefined) return `Bearer ${await secretOf(tokenFile)}`;
    const token = this.#tokens.get(repository);
    if (token !== undefined && token.untilMs > performance.now()) return token.header;
    this.#tokens.delete(repository);
    return undefined;
  }

  /**
   * After a 401. @returns undefined where there is nothing to log in with
   * @throws TowlineError GATEWAY_REGISTRY_UNREACHABLE
   */
  async answer(challenge: string, repository: string): Promise<string | undefined> {
    if (this.#settings.tokenFile !== undefined) return undefined;
    const { scheme, parameters } = challengeOf(challenge);
    const basic = await this.#basic();
    if (scheme !== 'bearer') return basic;
    const { url, name } = this.#settings;
    const realm = tokenPlace(parameters, repository);
    if (realm === undefined)
      throw new TowlineError('GATEWAY_REGISTRY_UNREACHABLE', `${name} names no place where tokens are given`);
    // A password that came to the registry by TLS goes on by TLS alone.
    const isSafe = realm.protocol === 'https:' || url.startsWith('http:');
    const headers = basic !== undefined && isSafe ? { authorization: basic } : {};
    const header = this.#keep(repository, await this.#ask(realm, headers));
    if (header === undefined)
      throw new TowlineError('GATEWAY_REGISTRY_UNREACHABLE', `${realm.host} answers no token for ${name}`);
    return header;
  }

  #keep(repository: string, body: Buffer): string | undefined {
    try {
      const { token, holdsSec: holds } = readToken(body);
      if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
      const holdsSec = typeof holds === 'number' && holds > 0 ? Math.min(holds, 3600) : defaultHoldsSec;
      if (this.#tokens.size >= maxKeptTokens) this.#tokens.clear();
      const header = `Bearer ${token}`;
      this.#tokens.set(repository, { header, untilMs: performance.now() + holdsSec * 1000 - earlierMs });
      return header;
    } catch {
      return undefined;
    }
  }

  async #basic(): Promise<string | undefined> {
    const { username, passwordFile } = this.#settings;
    if (username === undefined || passwordFile === undefined) return undefined;
    return basicHeader({ username, password: await secretOf(passwordFile) });
  }
}

async function secretOf(file: string): Promise<string> {
  const bytes = await readBounded(file, maxSecretBytes).catch(() => undefined);
  const text = bytes?.toString('utf8').replace(/\r?\n$/, '') ?? '';
  if (/^[^\p{Cc}]+$/u.test(text)) return text;
  throw new TowlineError(
    'GATEWAY_REGISTRY_UNREACHABLE',
    `${file} cannot be read, is empty, or has several lines`,
  );
}
