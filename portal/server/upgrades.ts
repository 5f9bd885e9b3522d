/** WebSockets: asked for by a GET that any page can have a browser send, so Host and Origin are exact. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorRegistry, isTowlineError, TowlineError } from '../../core/errors.ts';
import { peerAddress } from '../../core/io/https/peer-address.ts';
import type { ApiOptions } from './api.ts';
import { EndpointTable, type Upgrade } from './endpoint.ts';
import { lastWord } from './last-word.ts';
import { assertOwnHost, assertOwnPage } from './request-check.ts';
import { readTarget } from './request-target.ts';

export interface UpgradesOptions extends Pick<ApiOptions, 'loginOf' | 'origin'> {
  readonly upgrades: readonly Upgrade[];
  /** The program ends. */
  readonly stop: AbortSignal;
}

export class Upgrades {
  readonly #options: UpgradesOptions;
  readonly #table: EndpointTable<Upgrade>;

  constructor(options: UpgradesOptions) {
    this.#options = options;
    this.#table = new EndpointTable(options.upgrades);
  }

  async take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    try {
      const { origin, loginOf, stop } = this.#options;
      assertOwnHost(request, origin());
      assertOwnPage(request.headers, origin());
      const target = readTarget(request.url ?? '');
      const [found] = target === undefined ? [] : this.#table.at(target);
      if (target === undefined || found === undefined)
        throw new TowlineError('PORTAL_NOT_FOUND', 'there is nothing at this address');
      const login = loginOf(request);
      const signal = login === undefined ? stop : AbortSignal.any([stop, login.signal]);
      signal.throwIfAborted();
      const { one, parameters } = found;
      const from = peerAddress(request);
      await one.take({ request, socket, head, target, parameters, from, login, signal });
    } catch (error) {
      refuse(socket, error);
    }
  }
}

function refuse(socket: Duplex, error: unknown): void {
  if (socket.destroyed) return;
  const code = isTowlineError(error) ? error.code : 'PORTAL_FAILED';
  const { httpStatus = 400 } = errorRegistry[code];
  lastWord(socket, `HTTP/1.1 ${httpStatus} ${code}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
