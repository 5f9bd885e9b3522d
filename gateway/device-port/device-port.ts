/**
 * The port for devices: HTTPS with mutual TLS and no CA. TLS takes any certificate, because what counts is its key;
 * whether that key may do what it asks is decided for every request by the view that is current then.
 */
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { TowlineError } from '../../core/errors.ts';
import type { Action, Admission } from '../admission/admission.ts';
import { Counts } from '../limits/device-limits.ts';
import { listenOn } from '../plain-port/listening.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import { Connections } from './connections.ts';
import { makeDeviceServer, type TlsFiles } from './device-server.ts';
import { workOn } from './failed-peer.ts';
import { Gate, type GateOptions } from './gate.ts';
import type { Handshakes } from './handshakes.ts';
import { refuseUnreadable } from './refusal.ts';
import { Refusals } from './refusals.ts';
import { RequestRate } from './request-rate.ts';
import { type Upgrade, Upgrades } from './upgrades.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route asks for; routes without one are open to anybody. */
    readonly action?: Action;
  }
  interface FastifyRequest {
    /** Id of the device that was admitted. */
    device: string;
  }
}

export interface DevicePortOptions extends GateOptions {
  readonly log: Logger;
  readonly tls: TlsFiles;
  readonly limits: {
    readonly maxRequests: number;
    readonly requestsPerMinute: number;
    readonly maxConnections: number;
    /** Of all, at once. */
    readonly maxHandshakes: number;
  };
  /** Longest time in which a request must have arrived, milliseconds. */
  readonly requestTimeoutMs: number;
}

export class DevicePort {
  readonly http: FastifyInstance;
  readonly handshakes: Handshakes;
  readonly connections: Connections;
  readonly #options: DevicePortOptions;
  readonly #gate: Gate;
  readonly #underWay: Counts;
  readonly #rate: RequestRate;
  readonly #refusals: Refusals;
  readonly #upgrades = new Upgrades((request, action) => this.admit(request, action));
  readonly #server: Server;
  #draining = false;

  constructor(options: DevicePortOptions) {
    this.#options = options;
    this.#gate = new Gate(options);
    this.#underWay = new Counts(options.limits.maxRequests);
    this.#rate = new RequestRate(options.limits.requestsPerMinute, options.clock);
    this.#refusals = new Refusals(options.clock, this.#rate);
    this.connections = new Connections(options.view.current, options.limits.maxConnections, options.hasLeft);
    options.view.onChange(() => this.judgeAgain());
    let handle: RequestListener = (_request, response) => response.destroy();
    const { server, handshakes } = makeDeviceServer({
      ...options,
      maxHandshakes: options.limits.maxHandshakes,
      logs: options,
      peers: this.#gate.peers,
      connections: this.connections,
      onRequest: (request, response) => {
        if (!this.#rate.hasEnded(request.socket)) handle(request, response);
      },
      onUpgrade: (request, socket, head) => this.#upgrades.begin(request, socket, head),
    });
    this.#server = server;
    this.handshakes = handshakes;
    this.http = fastify({
      serverFactory: handler => {
        handle = handler;
        return server;
      },
      loggerInstance: options.log as FastifyBaseLogger,
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: 1024 * 1024,
      requestIdHeader: false,
      forceCloseConnections: false,
      // What the framework would answer itself, in its own words and uncounted.
      frameworkErrors: (error, request, reply) =>
        workOn(request.raw.socket, options).run(() => this.#onUnroutable(error, request, reply)),
      clientErrorHandler: refuseUnreadable,
    });
    this.#route();
  }

  /** Who is admitted may have changed: connections of those who are not any more are cut. */
  judgeAgain(): void {
    const cut = this.connections.use(this.#options.view.current);
    if (cut > 0) this.#options.log.info({ cut }, 'connections of keys that are no longer admitted were cut');
  }

  /** Asks admission for the peer of a request; refusals go to the audit log. */
  admit(request: IncomingMessage, action: Action): Admission {
    return this.#gate.admit(request, action);
  }

  /** The TLS key that the peer of a request proved, SubjectPublicKeyInfo in base64. */
  keyOf(request: IncomingMessage): string | undefined {
    return this.#gate.keyOf(request);
  }

  /** `GET path` with `Upgrade: protocol`. */
  upgrade(path: string, upgrade: Upgrade): void {
    this.#upgrades.set(path, upgrade);
  }

  /** @throws TowlineError GATEWAY_LISTEN_FAILED */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await this.http.ready();
    return await listenOn(this.#server, { host, port, backlog: 4096 });
  }

  /** New TLS key and certificate for connections from now on. */
  useTls(tls: TlsFiles): void {
    this.#server.setSecureContext({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.3' });
  }

  metrics(): Metric[] {
    const { current } = this.#options.view;
    return [
      gauge('towline_gateway_devices', 'Devices of the trusted fleet.', current.devices.size),
      gauge('towline_gateway_connections', 'Connections on the device port.', this.connections.size),
    ];
  }

  /** Takes no more, lets what is under way end for up to `graceMs`, then cuts. */
  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    this.#upgrades.draining = true;
    const server = this.#server;
    const ended = server.listening ? once(server, 'close') : Promise.resolve();
    server.close();
    this.handshakes.close();
    server.closeIdleConnections();
    const timer = setTimeout(() => this.connections.destroyAll(), graceMs);
    await ended;
    clearTimeout(timer);
    await this.http.close();
  }

  #route(): void {
    const { http } = this;
    http.decorateRequest('device', '');
    http.addHook('onRequest', async (request, reply) => this.#onRequest(request, reply));
    http.setErrorHandler((error, request, reply) => this.#refusals.answer(error, request, reply));
    http.setNotFoundHandler(() => {
      throw new TowlineError('GATEWAY_ROUTE_UNKNOWN', 'there is nothing here');
    });
    http.get('/v1/healthz', async () => ({ ok: true }));
  }

  async #onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#draining) reply.header('connection', 'close');
    const { action } = request.routeOptions.config;
    if (action === undefined) return;
    const admission = this.admit(request.raw, action);
    this.#rate.count(admission.who ?? this.keyOf(request.raw) ?? '', request.raw.socket);
    if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
    if (!this.#underWay.enter(admission.who)) {
      throw new TowlineError('GATEWAY_RATE_LIMITED', 'too many requests at once', {
        details: { retryAfterSec: 5 },
      });
    }
    request.device = admission.who;
    // `close` comes once, however the exchange ends; the framework's own hook does not.
    reply.raw.once('close', () => this.#underWay.leave(admission.who));
  }

  /** A path that is none: `%zz`. No hook has seen it. */
  async #onUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      this.#rate.count(this.keyOf(request.raw) ?? '', request.raw.socket);
      await this.#refusals.answer(error, request, reply);
    } catch (tooOften) {
      await this.#refusals.answer(tooOften, request, reply).catch(() => request.raw.socket.destroy());
    }
  }
}
