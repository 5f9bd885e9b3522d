/**
 * The API of a forge over HTTPS: JSON there and back, within bounds. No answer leads anywhere else: redirects are refused,
 * and pages are counted rather than followed, so that the token goes to one place.
 */
import { errnoOf, messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { fieldsIn, fieldsOf } from '../../core/json.ts';
import { redacted } from '../../core/redaction/redacted-lines.ts';

export interface ForgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** What was JSON; undefined where there was none. */
  readonly value: unknown;
}

export interface ForgeAsk {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface ForgeApiOptions {
  /** Without a slash at its end. */
  readonly api: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must stand in no message. */
  readonly token: string;
}

const timeoutMs = 30_000;
/** A hundred comments of 64 KiB, each letter of them escaped. */
const maxAnswerBytes = 48 * 1024 * 1024;
const excerptLength = 300;

export class ForgeApi {
  readonly #options: ForgeApiOptions;

  constructor(options: ForgeApiOptions) {
    this.#options = options;
  }

  /**
   * An answer of 2xx.
   * @throws TowlineError CLI_FORGE_UNREACHABLE (`details.again`: whether another try is worth it, `details.afterMs`: when),
   *   CLI_FORGE_REFUSED (`details.status`), CLI_FORGE_ANSWER; the signal's reason
   */
  async ask(ask: ForgeAsk, signal: AbortSignal): Promise<ForgeAnswer> {
    const { status, headers, bytes } = await this.#exchange(ask, signal);
    if (status >= 200 && status < 300) return { status, headers, value: jsonOf(bytes) };
    const message = `${ask.method} ${ask.path} answered ${status}${this.#excerpt(bytes)}`;
    const afterMs = pauseOf(status, headers, Date.now());
    if (afterMs !== undefined || status >= 500)
      throw new TowlineError('CLI_FORGE_UNREACHABLE', message, { details: { again: true, afterMs } });
    throw new TowlineError('CLI_FORGE_REFUSED', message, { details: { status } });
  }

  async #exchange(ask: ForgeAsk, signal: AbortSignal) {
    const { api, headers } = this.#options;
    const url = `${api}${ask.path}${ask.query === undefined ? '' : `?${new URLSearchParams(ask.query)}`}`;
    const json = ask.body === undefined ? undefined : JSON.stringify(ask.body);
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    using late = new TimeLimit(timeoutMs);
    try {
      const response = await fetch(url, {
        method: ask.method,
        headers: { 'user-agent': 'towline', ...headers, ...type },
        redirect: 'manual',
        signal: AbortSignal.any([signal, late.signal]),
        ...(json === undefined ? {} : { body: json }),
      });
      const bytes = await readBounded(response, ask.path);
      return { status: response.status, headers: response.headers, bytes };
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof TowlineError) throw cause;
      const why = late.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(cause);
      throw new TowlineError('CLI_FORGE_UNREACHABLE', `${new URL(api).host}: ${why}`, {
        cause,
        details: { again: true },
      });
    }
  }

  /** What the forge says of it, without the token: forges name the reason in `message` or `error`. */
  #excerpt(bytes: Buffer): string {
    const { message, error } = fieldsIn(bytes);
    const said = [message, error].find(word => word !== undefined);
    const text = typeof said === 'string' ? said : JSON.stringify(said ?? '');
    const [line = ''] = redacted([text.replace(/\s+/g, ' ')], [this.#options.token]);
    return line === '' || line === '""' ? '' : `: ${line.slice(0, excerptLength)}`;
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return messageOf(inner) || (errnoOf(inner) ?? 'the connection was cut');
}

async function readBounded(response: Response, path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes)
      throw new TowlineError('CLI_FORGE_ANSWER', `${path}: the answer has more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * How long a forge that is asked too often wants to be left alone, milliseconds. GitHub says it by 403 as well ("Rate limits
 * for the REST API": `retry-after`, else `x-ratelimit-remaining: 0` and `x-ratelimit-reset`), GitLab by `ratelimit-reset`.
 * @returns undefined: that is not what it says
 */
export function pauseOf(status: number, headers: Headers, nowMs: number): number | undefined {
  const after = headers.get('retry-after');
  const isSpent = headers.get('x-ratelimit-remaining') === '0';
  if (status !== 429 && !((status === 403 || status === 503) && (after !== null || isSpent)))
    return undefined;
  if (after !== null && /^\d{1,6}$/.test(after)) return Number(after) * 1000;
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? '';
  if (/^\d{1,12}$/.test(reset)) return Math.max(1000, Number(reset) * 1000 - nowMs);
  return 1000;
}

/** The objects of a list. @throws TowlineError CLI_FORGE_ANSWER for what is none */
export function listOf(value: unknown, path: string) {
  if (!Array.isArray(value)) throw new TowlineError('CLI_FORGE_ANSWER', `${path}: the answer is no list`);
  return value.map(fieldsOf);
}

/** GitHub and Gitea name the next page in `link`, GitLab by its number in `x-next-page`. */
export function goesOn(headers: Headers): boolean {
  const next = headers.get('x-next-page');
  if (next !== null) return next !== '';
  return /(?:^|[;,\s])rel="?next"?/.test(headers.get('link') ?? '');
}
