/** Asks a portal as a browser does, or as somebody who is none. */
import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

export interface PortalAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
  /** Of JSON; of anything else nothing. */
  readonly json: Record<string, unknown>;
  /** Of an error. */
  readonly code: string | undefined;
}

export interface PortalAsking {
  readonly method?: string;
  readonly body?: unknown;
  /** In place of those that the page's own requests have; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface PortalClientOptions {
  readonly port: number;
  readonly origin: string;
  /** PEM that its certificate leads to; undefined: plain HTTP. */
  readonly ca?: string;
}

export class PortalClient {
  readonly origin: string;
  /** Of the browser: name → value. */
  readonly cookies = new Map<string, string>();
  csrf: string | undefined;
  bearer: string | undefined;
  readonly #options: PortalClientOptions;

  constructor(options: PortalClientOptions) {
    this.origin = options.origin;
    this.#options = options;
  }

  get port(): number {
    return this.#options.port;
  }

  /** @param path below the origin, sent as it is */
  async ask(path: string, asking: PortalAsking = {}): Promise<PortalAnswer> {
    const response = await this.open(path, asking);
    const packed = await buffer(response);
    const bytes = unpacked(packed, response.headers['content-encoding']);
    const text = bytes.toString('utf8');
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    const error = json.error as { code?: string } | undefined;
    const { statusCode: status = 0, headers } = response;
    return { status, headers, bytes: packed, text, json, code: error?.code };
  }

  /** Below `/api/v1`. */
  api(path: string, asking: PortalAsking = {}): Promise<PortalAnswer> {
    return this.ask(`/api/v1${path}`, asking);
  }

  post(path: string, body: unknown, headers: PortalAsking['headers'] = {}): Promise<PortalAnswer> {
    return this.api(path, { method: 'POST', body, headers });
  }

  /** The answer as it begins; nothing of it is read. */
  async open(
    path: string,
    { method = 'GET', body, headers = {} }: PortalAsking = {},
  ): Promise<IncomingMessage> {
    const { port, ca } = this.#options;
    const send = ca === undefined ? requestPlain : requestTls;
    const { host, hostname } = new URL(this.origin);
    const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const all = { host, ...this.#own(method), ...headers };
    const request = send({
      ...{ host: '127.0.0.1', port, path, method, agent: false },
      ...(ca === undefined ? {} : { ca, servername: hostname, checkServerIdentity: () => undefined }),
      headers: Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    });
    // What was refused before it was sent whole is cut.
    request.on('error', () => undefined);
    request.end(bytes);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    this.#keep(response);
    return response;
  }

  /** What a browser sends of itself, and the page. */
  #own(method: string): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      'sec-fetch-site': 'same-origin',
      'accept-encoding': 'gzip, br',
      ...(cookie === '' ? {} : { cookie }),
      ...(this.bearer === undefined ? {} : { authorization: `Bearer ${this.bearer}` }),
      ...(method === 'GET' ? {} : { origin: this.origin, 'content-type': 'application/json' }),
      ...(method === 'GET' || this.csrf === undefined ? {} : { 'x-towline-csrf': this.csrf }),
    };
  }

  #keep({ headers }: IncomingMessage): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

function unpacked(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}
