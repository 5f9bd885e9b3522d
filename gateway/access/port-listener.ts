/** One device's port while it is open: each connection is one to the agent's own server, end to end. */
import { createServer, type Server, type Socket } from 'node:net';
import { agentServer } from '../../core/access/settings.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import { relay } from '../../core/io/ssh/relay.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';
import { listenOn } from '../plain-port/listening.ts';
import type { TunnelRegistry } from '../tunnel/tunnel-registry.ts';
import type { PortBounds } from './port-bounds.ts';

export interface PortPlace {
  readonly device: string;
  readonly host: string;
  readonly port: number;
}

export interface PortListenerOptions {
  readonly place: PortPlace;
  readonly bounds: PortBounds;
  readonly tunnels: Pick<TunnelRegistry, 'open'>;
  readonly audit: Audit;
  readonly log: Log;
}

export class PortListener {
  readonly place: PortPlace;
  readonly #options: PortListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #life = new AbortController();

  constructor(options: PortListenerOptions) {
    this.place = options.place;
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, socket => this.#welcome(socket));
    this.#server.on('error', error => options.log.error({ err: error, ...this.place }, 'a port failed'));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** @throws TowlineError GATEWAY_LISTEN_FAILED */
  async listen(): Promise<void> {
    const { host, port } = this.place;
    await listenOn(this.#server, { host, port });
    // Closed before it was open.
    if (this.#life.signal.aborted) this.#server.close();
  }

  /** At once, with all that goes through it. */
  close(): void {
    this.#life.abort();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #welcome(socket: Socket): void {
    const { log } = this.#options;
    socket.on('error', () => {});
    const failed = (error: unknown) =>
      log.warn({ err: error, ...this.place }, 'a connection to a port failed');
    new PeerWork({ cut: () => socket.destroy(), failed }).run(() => this.#serve(socket));
  }

  async #serve(socket: Socket): Promise<void> {
    const { audit, bounds, tunnels } = this.#options;
    const { device, port } = this.place;
    const from = socket.remoteAddress ?? '';
    const note = { action: `port ${port} ${device}`, from };
    const place = bounds.enter(port, from);
    if (typeof place === 'string') {
      audit.write({ ...note, outcome: 'refused', code: 'GATEWAY_RATE_LIMITED', message: place });
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      place();
    });
    try {
      // Whoever it is: the device alone is told.
      const visitor = { operator: 'somebody', to: `port ${port}` };
      const far = await tunnels.open(device, agentServer, visitor, this.#life.signal);
      audit.write({ ...note, outcome: 'allowed' });
      const { leftToRight, rightToLeft } = await relay(socket, far, this.#life.signal);
      const details = { bytesToDevice: leftToRight, bytesFromDevice: rightToLeft };
      audit.write({ ...note, outcome: 'ended', details });
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      audit.write({ ...note, outcome: 'refused', code: error.code, message: messageOf(error) });
      socket.destroy();
    }
  }
}
