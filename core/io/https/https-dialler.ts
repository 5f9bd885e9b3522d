/** The dialler over HTTPS/1.1 with mutual TLS: one pool of kept connections for each gateway. */

import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { isTowlineError, TowlineError } from '../../errors.ts';
import type { GatewayAddress } from '../../fleet/gateway-address.ts';
import type { Log } from '../../log.ts';
import type { Dialler, DialRequest, DialResponse } from './dialler.ts';
import { mergeGateways } from './gateway-list.ts';
import { exchange } from './http-exchange.ts';
import { type HttpProxy, parseProxy } from './http-proxy.ts';
import { upgraded } from './http-upgrade.ts';
import { nodeHttp } from './node-http.ts';
import { connectPinned, type PinnedSession } from './pinned-connection.ts';

export interface DiallerOptions {
  readonly gateways: readonly GatewayAddress[];
  /** PEM of the device's TLS key and certificate; a person at a desk has none. */
  readonly key?: string;
  readonly certificate?: string;
  /** `http://[user:password@]host:port`. */
  readonly proxy?: string;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  /** For one address: TCP, proxy and TLS together. 15 s unless said otherwise. */
  readonly connectTimeoutMs?: number;
}

/** A gateway was tried and could not be used; the next address is. */
interface Attempt {
  readonly address: string;
  readonly error: TowlineError;
}

export function createDialler(options: DiallerOptions): Dialler {
  return new HttpsDialler(options);
}

class HttpsDialler implements Dialler {
  readonly #options: DiallerOptions;
  readonly #proxy: HttpProxy | undefined;
  readonly #sessions = new Map<string, PinnedSession>();
  readonly #pools = new Map<string, http.Agent>();
  readonly #closing = new AbortController();
  #gateways: readonly GatewayAddress[];
  #lastGood: string | undefined;

  constructor(options: DiallerOptions) {
    this.#options = options;
    this.#proxy = options.proxy === undefined ? undefined : parseProxy(options.proxy);
    this.#gateways = mergeGateways(options.gateways, []);
  }

  use(gateways: readonly GatewayAddress[]): void {
    const merged = mergeGateways(this.#options.gateways, gateways);
    const pins = new Map(merged.map(({ address, tlsPins }) => [address, tlsPins]));
    // Connections that were made under pins that hold no longer do not live on; all others do.
    for (const { address, tlsPins } of this.#gateways) {
      if (tlsPins.every(pin => pins.get(address)?.includes(pin))) continue;
      this.#pools.get(address)?.destroy();
      this.#pools.delete(address);
      this.#sessions.delete(address);
    }
    this.#gateways = merged;
  }

  request(request: DialRequest, signal: AbortSignal): Promise<DialResponse> {
    const replayable = request.body === undefined || request.body instanceof Uint8Array;
    const joined = AbortSignal.any([signal, this.#closing.signal]);
    return this.#inTurn(joined, replayable, async (gateway, isLast) => {
      const response = await exchange({ gateway, request, pool: this.#pool(gateway) }, joined);
      const elsewhere = replayable && !isLast && [502, 503, 504].includes(response.status);
      if (!elsewhere) return { ...response, leave: () => this.#leave(gateway) };
      response.discard();
      throw new TowlineError('AGENT_GATEWAY_UNREACHABLE', `${gateway.address} answers ${response.status}`);
    });
  }

  upgrade(
    path: string,
    protocol: string,
    signal: AbortSignal,
  ): Promise<{ stream: Duplex; gateway: GatewayAddress }> {
    const joined = AbortSignal.any([signal, this.#closing.signal]);
    return this.#inTurn(joined, true, async gateway => {
      const socket = await this.#connect(gateway, joined);
      return { stream: await upgraded(socket, { gateway, path, protocol }, joined), gateway };
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the dialler is closed'));
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
  }

  async #inTurn<Result>(
    signal: AbortSignal,
    replayable: boolean,
    attempt: (gateway: GatewayAddress, isLast: boolean) => Promise<Result>,
  ): Promise<Result> {
    const order = this.#order();
    const failed: Attempt[] = [];
    for (const [index, gateway] of order.entries()) {
      signal.throwIfAborted();
      try {
        const result = await attempt(gateway, index === order.length - 1);
        this.#lastGood = gateway.address;
        return result;
      } catch (error) {
        if (signal.aborted || !isTowlineError(error)) throw error;
        const unused = ['AGENT_GATEWAY_UNREACHABLE', 'AGENT_GATEWAY_PIN', 'AGENT_PROXY'].includes(error.code);
        if (!unused || (!replayable && error.details.sent === true)) throw error;
        this.#options.log.debug({ address: gateway.address, code: error.code }, 'gateway not usable');
        failed.push({ address: gateway.address, error });
      }
    }
    throw allFailed(failed);
  }

  #leave({ address }: GatewayAddress): void {
    const isLeft = (gateway: GatewayAddress): boolean => gateway.address === address;
    this.#gateways = [...this.#gateways.filter(each => !isLeft(each)), ...this.#gateways.filter(isLeft)];
    if (this.#lastGood === address) this.#lastGood = undefined;
  }

  /** The one that answered last first, then as configured. */
  #order(): GatewayAddress[] {
    const last = this.#lastGood;
    const isLast = (gateway: GatewayAddress): boolean => gateway.address === last;
    return [...this.#gateways.filter(isLast), ...this.#gateways.filter(gateway => !isLast(gateway))];
  }

  #pool({ address }: GatewayAddress): http.Agent {
    const existing = this.#pools.get(address);
    if (existing !== undefined) return existing;
    const pool = new nodeHttp.Agent({
      keepAlive: true,
      maxSockets: 8,
      maxFreeSockets: 2,
      scheduling: 'lifo',
    });
    pool.createConnection = (_options, callback) => {
      // By the pins of now: the pool may be older than some of them.
      const gateway = this.#gateways.find(known => known.address === address);
      const gone = new TowlineError('AGENT_GATEWAY_UNREACHABLE', `${address} is no gateway any more`);
      const connected =
        gateway === undefined ? Promise.reject(gone) : this.#connect(gateway, this.#closing.signal);
      connected.then(
        socket => callback?.(null, socket),
        // Beside an error Node takes no socket; its types ask for one.
        (error: Error) => callback?.(error, undefined as never),
      );
      return undefined;
    };
    this.#pools.set(address, pool);
    return pool;
  }

  #connect(gateway: GatewayAddress, signal: AbortSignal) {
    const { connectTimeoutMs = 15_000 } = this.#options;
    const session = this.#sessions.get(gateway.address);
    const onSession = (fresh: PinnedSession): void => {
      this.#sessions.set(gateway.address, fresh);
    };
    // A session is used once (RFC 8446 appendix C.4).
    this.#sessions.delete(gateway.address);
    const proxy = this.#proxy;
    const own = { key: this.#options.key, certificate: this.#options.certificate };
    return connectPinned({ gateway, ...own, proxy, connectTimeoutMs, session, onSession }, signal);
  }
}

function allFailed(failed: readonly Attempt[]): TowlineError {
  const [first] = failed;
  if (first === undefined) return new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'no gateway is configured');
  if (failed.length === 1) return first.error;
  const attempts = failed.map(({ error }) => ({ code: error.code, message: error.message }));
  const message = attempts.map(attempt => attempt.message).join('; ');
  // A pin that does not fit is what a person has to know about, even when the other addresses are just down.
  const pin = failed.find(({ error }) => error.code === 'AGENT_GATEWAY_PIN');
  const code = pin === undefined ? 'AGENT_GATEWAY_UNREACHABLE' : 'AGENT_GATEWAY_PIN';
  return new TowlineError(code, message, { cause: first.error, details: { attempts } });
}
