/** `GET path` with `Upgrade: protocol`: who is admitted has the connection for something else from then on. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Action, Admission } from '../admission/admission.ts';
import { refuseUpgrade } from './refusal.ts';

export interface Upgrade {
  readonly protocol: string;
  readonly action: Action;
  /** Takes over a connection whose device was admitted. */
  readonly handler: (stream: Duplex, device: string) => void;
}

export class Upgrades {
  readonly #byPath = new Map<string, Upgrade>();
  readonly #admit: (request: IncomingMessage, action: Action) => Admission;
  /** No more are taken. */
  draining = false;

  constructor(admit: (request: IncomingMessage, action: Action) => Admission) {
    this.#admit = admit;
  }

  set(path: string, upgrade: Upgrade): void {
    this.#byPath.set(path, upgrade);
  }

  /** @param head what came after the request. */
  begin(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const upgrade = this.#byPath.get(request.url ?? '');
    if (upgrade === undefined || request.headers.upgrade?.toLowerCase() !== upgrade.protocol) {
      refuseUpgrade(socket, 'GATEWAY_ROUTE_UNKNOWN', 'there is nothing here');
      return;
    }
    if (this.draining) {
      refuseUpgrade(socket, 'GATEWAY_DRAINING', 'the gateway is shutting down');
      return;
    }
    const admission = this.#admit(request, upgrade.action);
    if (!admission.allowed) {
      refuseUpgrade(socket, admission.code, admission.message);
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade.protocol}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    upgrade.handler(socket, admission.who);
  }
}
