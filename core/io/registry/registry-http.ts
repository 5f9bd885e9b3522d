/** Requests of a registry, or of whoever gives tokens for it. An answer may take as long as bytes come: silence ends it. */
import { errnoOf, messageOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';
import { maxManifestBytes } from '../../images/manifest.ts';
import { isLoopback } from './reference.ts';

export interface HttpOptions {
  /** Registries besides loopback ones that are asked without TLS. */
  readonly insecure: readonly string[];
  /** Of silence, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What OpenSSL says of an answer that is no TLS: "wrong version number", "packet length too long". */
const notTls = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/;

function whyNot(host: string, cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (!notTls.test(errnoOf(inner) ?? '')) return messageOf(inner);
  return `it answers without TLS; where that is meant and the way there is safe: --insecure ${host}`;
}

export class RegistryAnswer {
  readonly response: Response;
  readonly #host: string;
  readonly #alive: () => void;
  readonly #signal: AbortSignal;

  constructor(
    response: Response,
    host: string,
    { alive, signal }: { alive: () => void; signal: AbortSignal },
  ) {
    this.response = response;
    this.#host = host;
    this.#alive = alive;
    this.#signal = signal;
  }

  /** @throws TowlineError CLI_REGISTRY_UNREACHABLE where they stop coming */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const body = this.response.body?.[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await body?.next().catch((cause: unknown) => {
          this.#signal.throwIfAborted();
          throw new TowlineError('CLI_REGISTRY_UNREACHABLE', `${this.#host}: the answer was cut off`, {
            cause,
          });
        });
        if (next === undefined || next.done === true) return;
        this.#alive();
        yield next.value;
      }
    } finally {
      await body?.return?.().catch(() => undefined);
    }
  }

  /** All of a small answer. @throws TowlineError CLI_REGISTRY_ANSWER for one that is not */
  async read(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.chunks()) {
      bytes += chunk.length;
      if (bytes > maxManifestBytes)
        throw new TowlineError('CLI_REGISTRY_ANSWER', `the answer is over ${maxManifestBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async drop(): Promise<void> {
    await this.response.body?.cancel().catch(() => undefined);
  }
}

export class RegistryHttp {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Whether a host is asked without TLS. */
  plain(host: string): boolean {
    return isLoopback(host) || this.#options.insecure.includes(host);
  }

  /** @throws TowlineError CLI_REGISTRY_UNREACHABLE; the signal's reason */
  async ask(
    url: string,
    headers: Record<string, string>,
    method: 'GET' | 'DELETE' = 'GET',
  ): Promise<RegistryAnswer> {
    const { signal, timeoutMs } = this.#options;
    const silence = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new Error(`nothing came for ${timeoutMs / 1000} s`)), timeoutMs);
      timer.unref();
    };
    alive();
    const { host } = new URL(url);
    try {
      const response = await fetch(url, {
        method,
        headers,
        signal: AbortSignal.any([signal, silence.signal]),
      });
      alive();
      return new RegistryAnswer(response, host, { alive, signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new TowlineError('CLI_REGISTRY_UNREACHABLE', `${host}: ${whyNot(host, cause)}`, { cause });
    }
  }
}
