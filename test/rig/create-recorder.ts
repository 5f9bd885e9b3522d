/**
 * Stands before a real Engine and writes down how containers are asked for. What it makes instead is a plain
 * container of the same image, so that a device, a limit or a network option that this machine lacks stops nobody. It can
 * say that its engine is a newer one than it is: clients choose by that what they ask for.
 */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';

export type Fields = Record<string, unknown>;

export interface CreateRequest {
  readonly name: string;
  readonly platform: string | undefined;
  readonly body: Fields;
  /** Networks that the container was joined to after it was made: name or id → EndpointSettings. */
  readonly joined: Map<string, Fields>;
  /** Archives that were copied into it. */
  readonly copied: Buffer[];
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

export class CreateRecorder {
  readonly socket: string;
  /** Engine id → what was asked for. */
  readonly created = new Map<string, CreateRequest>();
  /** Networks and volumes by name. */
  readonly resources = new Map<string, Fields>();
  readonly #engine: string;
  readonly #pending = new Set<Promise<void>>();
  readonly #apiVersion: string | undefined;
  readonly #server = createServer((incoming, outgoing) => {
    const answer = this.#answer(incoming, outgoing)
      .catch(() => void outgoing.destroy())
      .finally(() => this.#pending.delete(answer));
    this.#pending.add(answer);
  });

  private constructor(engine: string, apiVersion: string | undefined) {
    this.#engine = engine;
    this.#apiVersion = apiVersion;
    this.socket = path.join(tmpdir(), `tl-record-${crypto.randomUUID().slice(0, 8)}.sock`);
  }

  /** @param apiVersion what the engine is said to speak; absent: the truth */
  static async start(engine: string, apiVersion?: string): Promise<CreateRecorder> {
    const recorder = new CreateRecorder(engine, apiVersion);
    await new Promise<void>(resolve => recorder.#server.listen(recorder.socket, resolve));
    return recorder;
  }

  /** What a client that went away has left on its way is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.socket, { force: true });
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const target = (incoming.url ?? '').replace(/^\/v\d+\.\d+/, '');
    const sent = await buffer(incoming);
    const [, container = ''] = /^\/containers\/([0-9a-f]{64})\/archive/.exec(target) ?? [];
    if (incoming.method === 'PUT' && container !== '') {
      this.created.get(container)?.copied.push(sent);
      outgoing.end();
      return;
    }
    const creates = target.startsWith('/containers/create');
    const asked = creates ? (JSON.parse(sent.toString()) as Fields) : {};
    const body = creates ? plain(asked) : this.#resource(target, this.#join(target, sent));
    const { status, headers, bytes } = await this.#pass(incoming, target, body);
    if (creates && status === 201) this.#note(target, asked, bytes);
    const told = this.#pretend(target, headers, bytes);
    outgoing.writeHead(status, { ...told.headers, 'content-length': told.bytes.length });
    outgoing.end(incoming.method === 'HEAD' ? undefined : told.bytes);
  }

  #note(target: string, body: Fields, answer: Buffer): void {
    const query = new URLSearchParams(target.split('?')[1]);
    const { Id } = JSON.parse(answer.toString()) as { Id: string };
    const platform = query.get('platform') ?? undefined;
    const name = query.get('name') ?? '';
    this.created.set(Id, { name, platform, body, joined: new Map(), copied: [] });
  }

  /** A join is noted and made without its options: the address may lie outside of the real network. */
  #join(target: string, sent: Buffer): Buffer {
    const [, network] = /^\/networks\/([^/]+)\/connect/.exec(target) ?? [];
    if (network === undefined) return sent;
    const { Container, EndpointConfig } = JSON.parse(sent.toString()) as Fields;
    this.created.get(String(Container))?.joined.set(network, (EndpointConfig ?? {}) as Fields);
    return Buffer.from(JSON.stringify({ Container }));
  }

  /** Networks and volumes are made without their options too. */
  #resource(target: string, sent: Buffer): Buffer {
    if (!/^\/(?:networks|volumes)\/create/.test(target)) return sent;
    const body = JSON.parse(sent.toString()) as Fields;
    const { Name, Labels } = body;
    this.resources.set(String(Name), body);
    return Buffer.from(JSON.stringify({ Name, Labels }));
  }

  #pass(incoming: IncomingMessage, target: string, body: Buffer): Promise<Answer> {
    const headers = { ...incoming.headers, 'content-length': String(body.length), connection: 'close' };
    delete headers['transfer-encoding'];
    return new Promise((resolve, reject) => {
      const upstream = request(
        { socketPath: this.#engine, method: incoming.method, path: target, headers },
        response => {
          const done = (bytes: Buffer) =>
            resolve({ status: response.statusCode ?? 502, headers: response.headers, bytes });
          buffer(response).then(done, reject);
        },
      );
      upstream.on('error', reject);
      upstream.end(body);
    });
  }

  #pretend(target: string, headers: IncomingMessage['headers'], bytes: Buffer) {
    const { 'transfer-encoding': _chunked, ...kept } = headers;
    if (this.#apiVersion === undefined) return { headers: kept, bytes };
    const told = { ...kept, 'api-version': this.#apiVersion };
    if (target !== '/version' || bytes.length === 0) return { headers: told, bytes };
    const version = { ...(JSON.parse(bytes.toString()) as Fields), ApiVersion: this.#apiVersion };
    return { headers: told, bytes: Buffer.from(JSON.stringify(version)) };
  }
}

/** The same image and labels, on no network: it can be made anywhere. */
function plain({ Image, Labels }: Fields): Buffer {
  return Buffer.from(JSON.stringify({ Image, Labels, HostConfig: { NetworkMode: 'bridge' } }));
}
