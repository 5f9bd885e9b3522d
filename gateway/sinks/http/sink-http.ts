/**
 * The HTTP client of sinks: one receiver, connections that are kept, files of TLS and secrets read when they are needed.
 * No redirects and no proxies: what a receiver says leads nowhere else.
 */

import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import { redacted } from '../../../core/redaction/redacted-lines.ts';
import { TlsFiles, type TlsMaterial } from '../settings/tls-files.ts';
import type { HttpAnswer } from './answer.ts';
import {
  type Credentials,
  checkReceiver,
  type HttpReceiver,
  readCredentials,
  timeoutOf,
} from './receiver.ts';

export interface HttpRequest {
  /** POST unless said otherwise. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'HEAD';
  /** Added to the path of the url, with its query, such as `/_bulk`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Packs the body, and says so. */
  readonly gzip?: boolean;
  /** Where it says 2xx nothing of the answer matters but that: one that breaks off then is whole enough. */
  readonly statusSuffices?: boolean;
  /** More of the answer is not read: 64 KiB unless said otherwise. */
  readonly maxAnswerBytes?: number;
}

const packed = promisify(gzip);
/** Of gzip: level 6 takes three times the CPU, for a tenth fewer bytes of what goes over a network of receivers. */
const packing = 1;
const excerptLength = 300;
/** Of one sink: a batch at a time, and beside it what it installs. */
const maxSockets = 2;

export class SinkHttp {
  readonly #receiver: HttpReceiver;
  readonly #url: URL;
  readonly #tls: TlsFiles;
  readonly #timeoutMs: number;
  readonly #shown: 'path' | 'origin';
  #credentials: Promise<Credentials> | undefined;
  #pool: http.Agent | undefined;

  /**
   * @param place in gateway.yaml, for a person
   * @param shown how much of the address others may see: the path of some is what lets one in
   * @throws TowlineError GATEWAY_CONFIG_INVALID
   */
  constructor(receiver: HttpReceiver, place: string, shown: 'path' | 'origin' = 'path') {
    checkReceiver(receiver, place);
    this.#shown = shown;
    this.#receiver = receiver;
    this.#url = new URL(receiver.url);
    this.#tls = new TlsFiles(receiver.tls);
    this.#timeoutMs = timeoutOf(receiver);
  }

  /** For a person, and for `assertTaken`. */
  where(path = ''): string {
    if (this.#shown === 'origin') return this.#url.origin;
    return `${this.#url.origin}${this.#pathOf(path).replace(/\?.*/s, '')}`;
  }

  /**
   * Any status is an answer. What is thrown is worth another try.
   * @throws TowlineError TELEMETRY_RECEIVER_UNREACHABLE, TELEMETRY_SINK_FILE; the signal's reason when aborted
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const credentials = await this.#credentialsNow();
    const pool = await this.#poolNow();
    const plain = Buffer.from(request.body ?? '');
    const body = request.gzip === true ? await packed(plain, { level: packing }) : plain;
    const headers: Record<string, string> = {
      'user-agent': 'towline',
      ...request.headers,
      ...credentials.headers,
    };
    if (request.gzip === true) headers['content-encoding'] = 'gzip';
    if (request.body !== undefined) headers['content-length'] = String(body.length);
    const answer = await this.#exchange({ ...request, headers, body }, pool, signal);
    // A new secret may be there already, and its file is cheap to read.
    if (answer.status === 401 || answer.status === 403) this.forget();
    const secrets = [...credentials.secrets, ...this.#ownSecrets()];
    return { ...answer, excerpt: excerptOf(answer.body, secrets) };
  }

  /** SIGHUP: files are read again, and connections made anew. */
  forget(): void {
    this.#credentials = undefined;
    this.#tls.forget();
    this.#pool?.destroy();
    this.#pool = undefined;
  }

  close(): void {
    this.#pool?.destroy();
  }

  /** Of an address that lets one in: servers say the path that they do not know. */
  #ownSecrets(): string[] {
    const { pathname, search, username, password } = this.#url;
    const login =
      username === '' ? [] : [password, Buffer.from(`${username}:${password}`).toString('base64')];
    if (this.#shown !== 'origin') return login.filter(Boolean);
    const parts = `${pathname}/${search}`.split(/[/?&=]/).filter(part => part.length >= 8);
    return [...login, `${pathname}${search}`, pathname, ...parts].filter(text => text.length > 1);
  }

  #credentialsNow(): Promise<Credentials> {
    this.#credentials ??= readCredentials(this.#receiver).catch((error: unknown) => {
      this.#credentials = undefined;
      throw error;
    });
    return this.#credentials;
  }

  async #poolNow(): Promise<http.Agent> {
    if (this.#pool !== undefined) return this.#pool;
    const kept = { keepAlive: true, maxSockets, scheduling: 'lifo' } as const;
    const material: TlsMaterial = await this.#tls.material();
    this.#pool =
      this.#url.protocol === 'https:' ? new https.Agent({ ...kept, ...material }) : new http.Agent(kept);
    return this.#pool;
  }

  #pathOf(path: string): string {
    const { pathname, search } = this.#url;
    return `${pathname.replace(/\/$/, '')}${path}${search}` || '/';
  }

  async #exchange(
    request: HttpRequest & { readonly body: Buffer; readonly headers: Record<string, string> },
    agent: http.Agent,
    signal: AbortSignal,
  ): Promise<Omit<HttpAnswer, 'excerpt'>> {
    using late = new TimeLimit(this.#timeoutMs);
    const joined = AbortSignal.any([signal, late.signal]);
    const { method = 'POST', path = '', headers, body, maxAnswerBytes = 64 * 1024 } = request;
    const make = this.#url.protocol === 'https:' ? https.request : http.request;
    const options = { agent, method, headers, path: this.#pathOf(path), signal: joined };
    try {
      const sent = make(this.#url, options);
      const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve).on('error', reject);
        sent.on('close', () => reject(new Error('the connection was closed without an answer')));
      });
      sent.end(body);
      const response = await answered;
      const { statusCode: status = 0 } = response;
      const suffices = request.statusSuffices === true && status >= 200 && status < 300;
      const read = await readBody(response, maxAnswerBytes).catch((error: unknown) => {
        if (suffices) return { body: Buffer.alloc(0), isWhole: false };
        throw error;
      });
      return { status, headers: response.headers, ...read };
    } catch (error) {
      signal.throwIfAborted();
      if (isTowlineError(error)) throw error;
      // A certificate that was replaced is read before the next try.
      this.#tls.forget();
      if (this.#pool === agent) this.#pool = undefined;
      agent.destroy();
      const why = late.signal.aborted ? `no answer within ${this.#timeoutMs} ms` : messageOf(error);
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', `${this.where(path)}: ${why}`, {
        cause: error,
      });
    }
  }
}

async function readBody(
  response: http.IncomingMessage,
  maxBytes: number,
): Promise<Pick<HttpAnswer, 'body' | 'isWhole'>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const pieces: AsyncIterable<Buffer> = response;
  for await (const chunk of pieces) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection: an answer without end has no second half.
    if (bytes > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), isWhole: bytes <= maxBytes };
}

function excerptOf(body: Buffer, secrets: readonly string[]): string {
  const line = body
    .toString('utf8', 0, 4 * excerptLength)
    .replace(/\s+/g, ' ')
    .trim();
  return (redacted([line], secrets)[0] ?? '').slice(0, excerptLength);
}
