/**
 * What the engine pulls from while an image comes through the gateway: a registry on loopback, open only while a pull is under
 * way, behind a password that is made anew at each start, with nothing in it but that pull. Other users of the device find a
 * closed port, or one that wants the password.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors/cause.ts';
import type { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { readRange, readRegistryPath, registrySegment } from '../../core/io/registry/registry-path.ts';
import type { Log } from '../../core/log.ts';
import { GatewayBytes } from './gateway-bytes.ts';
import { ImageGrant } from './image-grant.ts';
import { Throttle } from './throttle.ts';

export interface ImageEndpointOptions {
  readonly dialler: Pick<Dialler, 'request'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface WantedImage {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  readonly maxRateBytes: number | undefined;
  /** Something has come, or is waited for once more. */
  readonly onAlive: () => void;
  /** The gateway does not give it. */
  readonly onRefused: (error: TowlineError) => void;
}

/** One pull under way. The engine is given these until it is disposed of. */
export interface OpenPull extends AsyncDisposable {
  /** `127.0.0.1:PORT/NUMBER/registry.example.com/pump/web@sha256:…` */
  readonly reference: string;
  readonly credentials: {
    readonly username: string;
    readonly password: string;
    readonly serveraddress: string;
  };
  readonly grant: ImageGrant;
  /** Whether a name of an image on the engine is that of another pull that is under way. */
  isOfAnother(name: string): boolean;
}

/** What opens the way for one pull. */
export interface ImageSource {
  /** Whether the image of this digest was carried to this device. */
  brings?(digest: string): boolean;
  /** @throws what the system throws where nothing can listen */
  open(wanted: WantedImage): Promise<OpenPull>;
}

const username = 'towline';

export class ImageEndpoint implements ImageSource {
  readonly #options: ImageEndpointOptions;
  readonly #password = randomBytes(24).toString('base64url');
  readonly #throttle: Throttle;
  readonly #pulls = new Map<string, { readonly grant: ImageGrant; readonly over: AbortSignal }>();
  #server: Server | undefined;
  #count = 0;
  /** One change of what is open after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ImageEndpointOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.clock);
  }

  /** @throws what the system throws where nothing can listen */
  async open(wanted: WantedImage): Promise<OpenPull> {
    const { registry, repository, digest, maxRateBytes, onAlive, onRefused } = wanted;
    // One without a limit, as it was carried here, lifts none of another that is under way.
    const throttle = maxRateBytes === undefined ? new Throttle(this.#options.clock) : this.#throttle;
    throttle.rateBytes = maxRateBytes;
    const gateway = new GatewayBytes({ ...this.#options, throttle, onAlive });
    const name = `${registrySegment(registry)}/${repository}`;
    const grant = new ImageGrant(gateway, { name, digest, onRefused });
    const number = `${this.#count++}`;
    const over = new AbortController();
    this.#pulls.set(number, { grant, over: over.signal });
    const close = async () => {
      over.abort(new Error('the pull is over'));
      this.#pulls.delete(number);
      await this.#inTurn(() => this.#closeIfIdle());
    };
    try {
      const serveraddress = await this.#inTurn(() => this.#listen());
      return {
        reference: `${serveraddress}/${number}/${grant.name}@${digest}`,
        credentials: { username, password: this.#password, serveraddress },
        grant,
        isOfAnother: shown =>
          [...this.#pulls.keys()].some(
            other => other !== number && shown.startsWith(`${serveraddress}/${other}/`),
          ),
        [Symbol.asyncDispose]: close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #listen(): Promise<string> {
    if (this.#server === undefined) {
      const server = createServer((request, response) => {
        this.#answer(request, response).catch((error: unknown) => {
          this.#options.log.warn({ error: messageOf(error) }, 'the engine did not get a part of an image');
          response.destroy();
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      this.#server = server;
    }
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  async #closeIfIdle(): Promise<void> {
    const server = this.#server;
    if (server === undefined || this.#pulls.size > 0) return;
    this.#server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  #isOurs({ headers }: IncomingMessage): boolean {
    const expected = Buffer.from(`Basic ${Buffer.from(`${username}:${this.#password}`).toString('base64')}`);
    const shown = Buffer.from(headers.authorization ?? '');
    return shown.length === expected.length && timingSafeEqual(shown, expected);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (!this.#isOurs(request)) {
      response.setHeader('www-authenticate', 'Basic realm="towline"');
      return refuse(response, 401, 'UNAUTHORIZED');
    }
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const path = request.url?.split('?', 1)[0] ?? '';
    const [, number = '', rest = ''] = /^\/v2\/(\d+)\/(.*)$/.exec(path) ?? [];
    const pull = this.#pulls.get(number);
    const ask = readRegistryPath(pull === undefined ? path : `/v2/${rest}`);
    if (!isRead) return refuse(response, 405, 'UNSUPPORTED');
    if (ask.kind === 'version') {
      response.end('{}');
      return;
    }
    if (pull === undefined || !('name' in ask) || ask.name !== pull.grant.name)
      return refuse(response, 403, 'DENIED');
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the engine has left')));
    const signal = AbortSignal.any([pull.over, gone.signal]);
    if (ask.kind === 'manifest') await sendManifest(pull.grant, ask.digest, response, signal);
    else if (ask.kind === 'blob') await sendBlob(pull.grant, ask.digest, response, signal);
    else refuse(response, 403, 'DENIED');
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = JSON.stringify({ errors: [{ code, message: 'this is for one pull of the engine' }] });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

async function sendManifest(
  grant: ImageGrant,
  digest: string,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const reading = grant.manifest(digest, signal);
  if (reading === undefined) return refuse(response, 403, 'DENIED');
  const { bytes, mediaType } = await reading;
  const heads = {
    'content-type': mediaType,
    'docker-content-digest': digest,
    'content-length': bytes.length,
  };
  response.writeHead(200, heads).end(response.req.method === 'HEAD' ? undefined : bytes);
}

async function sendBlob(
  grant: ImageGrant,
  digest: string,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const wanted = grant.blob(digest);
  if (wanted === undefined) return refuse(response, 403, 'DENIED');
  const { size } = wanted;
  const { headers, method } = response.req;
  const range = readRange(headers.range, size);
  // Engines ask for the rest of what they have begun: to its end.
  const { from } = typeof range === 'object' && range.to === size ? range : { from: 0 };
  response.setHeader('docker-content-digest', digest);
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-length', size - from);
  if (from > 0) response.setHeader('content-range', `bytes ${from}-${size - 1}/${size}`);
  response.writeHead(from > 0 ? 206 : 200);
  if (method === 'GET')
    for await (const piece of grant.read(wanted, from, signal))
      if (!response.write(piece)) await once(response, 'drain', { signal });
  response.end();
}
