/**
 * The server of the page and its API: node's own, with a table of addresses. Fastify, which devices talk to, decodes addresses and
 * bodies in its own way and knows no stream that is cut for one reader; here each address has one reading.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressGroup } from '../../core/address-group.ts';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isHere, peerAddress } from '../../core/io/https/peer-address.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import type { Log } from '../../core/log.ts';
import { Api, type ApiOptions } from './api.ts';
import { isOfApi, type Upgrade } from './endpoint.ts';
import { isOfTheInside, sendError } from './exchange.ts';
import { lastWord } from './last-word.ts';
import { type PageContent, PageFiles } from './page-files.ts';
import { Places } from './places.ts';
import { assertOwnHost } from './request-check.ts';
import { maxTargetBytes, type RequestTarget, readTarget } from './request-target.ts';
import { Upgrades } from './upgrades.ts';

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface PortalServerOptions extends ApiOptions {
  readonly upgrades: readonly Upgrade[];
  readonly page: () => Promise<PageContent>;
  /** Undefined: plain HTTP, on loopback. */
  readonly tls: TlsFiles | undefined;
  readonly log: Log;
  /** In which what comes and goes must have come, and its answer been read; a test waits for less. */
  readonly readMs?: number;
}

/** Connections, of one address and in all. */
const connectionLimits = { ofOne: 256, inAll: 2048 } as const;
const headersTimeoutMs = 10_000;
/** Of what is carried in: a device's export, over a slow line. All else must have come within `readTimeoutMs`. */
const requestTimeoutMs = 15 * 60_000;
/** In which what comes and goes must have come, and its answer been read. */
const readTimeoutMs = 60_000;
const tlsHandshakeMs = 10_000;

export class PortalServer {
  readonly #options: PortalServerOptions;
  readonly #server: Server | TlsServer;
  readonly #api: Api;
  readonly #page: PageFiles;
  readonly #upgrades: Upgrades;
  readonly #connections = new Places(connectionLimits);
  readonly #stop = new AbortController();
  readonly #counts = new Map<number, number>();
  #admitted = 0;

  constructor(options: PortalServerOptions) {
    this.#options = options;
    this.#api = new Api(options);
    this.#page = new PageFiles(options.page);
    this.#upgrades = new Upgrades({ ...options, stop: this.#stop.signal });
    const { tls } = options;
    const limits = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs };
    this.#server =
      tls === undefined
        ? createServer(limits)
        : createTlsServer({
            ...limits,
            ...{
              key: tls.key,
              cert: tls.certificate,
              minVersion: 'TLSv1.2',
              handshakeTimeout: tlsHandshakeMs,
            },
          });
    this.#server.on('connection', (socket: Socket) => this.#admit(socket));
    this.#server.on('request', (request, response) => {
      this.#work(request.socket).run(() => this.#serve(request, response));
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#work(socket).run(() => this.#upgrades.take(request, socket, head));
    });
    this.#server.on('clientError', (_error, socket: Duplex) => {
      lastWord(socket, 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    });
  }

  /** @throws TowlineError PORTAL_LISTEN_FAILED */
  async listen(host: string, port: number): Promise<AddressInfo> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ host, port });
    await listening.catch((cause: unknown) => {
      const reason = errnoOf(cause) ?? String(cause);
      throw new TowlineError('PORTAL_LISTEN_FAILED', `${host}:${port}: ${reason}`, { cause });
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new TowlineError('PORTAL_LISTEN_FAILED', 'no address');
    return address;
  }

  /** Of handshakes from now on. @throws Error of OpenSSL where they do not fit each other */
  useTls({ certificate: cert, key }: TlsFiles): void {
    if ('setSecureContext' in this.#server)
      this.#server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Answers that have not been read to their end. */
  get answers(): number {
    return this.#api.size;
  }

  /** Status → answers since the start. */
  get answered(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  /** At once: what lasts would last for ever. */
  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('PORTAL_CLOSING', 'the program is ending'));
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Also those that say nothing, from an address that has all it may have. */
  #admit(socket: Socket): void {
    const { remoteAddress = '' } = socket;
    // Those of a proxy on this machine are many people's.
    this.#admitted += 1;
    const who = isHere(remoteAddress) ? `here ${this.#admitted}` : addressGroup(remoteAddress);
    const leave = this.#connections.take(who);
    if (leave === undefined) socket.destroy();
    else socket.once('close', leave);
  }

  #work(socket: Duplex): PeerWork {
    return new PeerWork({
      cut: () => socket.destroy(),
      failed: error => this.#options.log.error({ err: error }, 'a request of the portal failed'),
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    const { readMs = readTimeoutMs } = this.#options;
    const cut = () => response.destroy();
    let late = setTimeout(cut, readMs);
    const lasts = (forMs?: number) => {
      clearTimeout(late);
      if (forMs !== undefined && !response.closed) late = setTimeout(cut, forMs + readMs);
    };
    response.once('close', () => {
      clearTimeout(late);
      gone.abort(new DOMException('the reader is gone', 'AbortError'));
    });
    const signal = AbortSignal.any([gone.signal, this.#stop.signal]);
    const from = peerAddress(request);
    let who: string | undefined;
    try {
      const target = this.#targetOf(request);
      if (isOfApi(target)) {
        const asked = { request, response, target, from, signal, lasts };
        who = (await this.#api.answer(asked))?.viewer.name;
      } else await this.#sendPage(request, response, target);
    } catch (error) {
      if (isOfTheInside(error) && !signal.aborted)
        this.#options.log.error({ err: error }, 'a request of the portal failed');
      sendError(response, error);
    }
    const { statusCode: status } = response;
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
    const { method, url = '' } = request;
    const fields = { method, path: url.split('?')[0]?.slice(0, 256), status, from, who };
    if (method === 'GET' && status < 400) this.#options.log.debug(fields, 'portal');
    else this.#options.log.info(fields, 'portal');
  }

  /** @throws TowlineError PORTAL_TOO_LARGE, PORTAL_NOT_FOUND, PORTAL_FOREIGN_HOST */
  #targetOf(request: IncomingMessage): RequestTarget {
    const { url = '', method, headers } = request;
    assertOwnHost(request, this.#options.origin());
    const brings = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (brings && (method === 'GET' || method === 'HEAD'))
      throw new TowlineError('PORTAL_MALFORMED', 'to read, nothing is sent');
    if (url.length > maxTargetBytes) throw new TowlineError('PORTAL_TOO_LARGE', 'the address is too long');
    const target = readTarget(url);
    if (target === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is nothing at this address');
    return target;
  }

  async #sendPage(request: IncomingMessage, response: ServerResponse, target: RequestTarget): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new TowlineError('PORTAL_METHOD', 'not with this method');
    await this.#page.send(request, response, target);
  }
}
