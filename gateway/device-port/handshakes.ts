/**
 * TLS handshakes. After a restart a whole fleet comes at once: so many are served at a time, and the others wait in turn.
 * A connection passes three rooms. It is silent until its ClientHello is there, which costs next to nothing here; then
 * it waits for a place; then TLS has it. Each room is bounded, in size, in time, and in what one address may have of it
 * (fair-room.ts): those who never say anything, or stop in the middle, lock nobody out.
 *
 * Time is counted in turns of this process (a second, or longer when it is busy): a device is never let go because the
 * gateway was slow to listen.
 */
import type { Socket } from 'node:net';
import { addressGroup } from '../../core/address-group.ts';
import { FairRoom } from '../limits/fair-room.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import { receiveClientHello } from './client-hello.ts';

export interface HandshakeLimits {
  /** With a ClientHello, being answered. */
  readonly maxUnderWay: number;
  /** With a ClientHello, in turn. */
  readonly maxWaiting?: number;
  /** Without one. When they are too many, the oldest one goes. */
  readonly maxSilent?: number;
  readonly turnMs?: number;
}

/** Longest stay in each room, turns. An agent gives up after 15 s: who waits longer than `waiting` is gone, or soon. */
const patience = { silent: 10, waiting: 10, underWay: 15, underWayWhileOthersWait: 5 } as const;

export class Handshakes {
  readonly #silent: FairRoom;
  readonly #waiting: FairRoom;
  readonly #underWay: FairRoom;
  readonly #serve: (socket: Socket) => void;
  readonly #timer: NodeJS.Timeout;
  /** Under way, by address and port: TLS does not say which socket it was given. */
  readonly #names = new Map<string, Socket>();
  /** Gives back what was read of a socket that is not under way yet. */
  readonly #hellos = new Map<Socket, () => void>();
  #turn = 0;
  /** Connections let go since the start. */
  refused = 0;

  /** @param serve begins the handshake; what was read from the socket is in its buffer. */
  constructor(limits: HandshakeLimits, serve: (socket: Socket) => void) {
    const { maxUnderWay, maxWaiting = 8192, maxSilent = 2048, turnMs = 1000 } = limits;
    this.#silent = new FairRoom(maxSilent);
    this.#waiting = new FairRoom(maxWaiting);
    this.#underWay = new FairRoom(maxUnderWay);
    this.#serve = serve;
    this.#timer = setInterval(() => this.#nextTurn(), turnMs);
    this.#timer.unref();
  }

  get silent(): number {
    return this.#silent.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  metrics(): Metric[] {
    return [
      gauge('towline_gateway_handshakes', 'TLS handshakes under way.', this.underWay),
      gauge('towline_gateway_handshakes_waiting', 'Connections that wait for their handshake.', this.waiting),
      gauge('towline_gateway_handshakes_silent', 'Connections that have not begun theirs.', this.silent),
      counter(
        'towline_gateway_handshakes_refused_total',
        'Connections let go before their handshake was done: too slow, or too many.',
        this.refused,
      ),
    ];
  }

  /** A connection was accepted. */
  begin(socket: Socket): void {
    const address = addressGroup(socket.remoteAddress);
    socket.on('error', () => socket.destroy());
    const name = nameOf(socket);
    socket.once('close', () => {
      if (this.#names.get(name) === socket) this.#names.delete(name);
      this.#forget(socket);
    });
    if (!this.#silent.hasPlace(address)) {
      this.#letGo(this.#silent.oldest(this.#silent.hasShare(address) ? address : undefined));
    }
    this.#silent.enter(socket, address, this.#turn);
    this.#hellos.set(
      socket,
      receiveClientHello(socket, () => this.#arrive(socket)),
    );
  }

  /** It has come to its end, well or not. @param socket of TLS. */
  end(socket: Socket): void {
    const name = nameOf(socket);
    const raw = this.#names.get(name);
    if (raw === undefined) return;
    this.#names.delete(name);
    this.#underWay.leave(raw);
    this.#fill();
  }

  /** No more: what has no connection yet is let go. */
  close(): void {
    clearInterval(this.#timer);
    for (const room of [this.#silent, this.#waiting, this.#underWay]) {
      for (const socket of room) socket.destroy();
    }
  }

  #arrive(socket: Socket): void {
    const address = this.#silent.leave(socket);
    if (address === undefined) return;
    if (!this.#waiting.hasPlace(address)) {
      this.#letGo(socket);
      return;
    }
    this.#waiting.enter(socket, address, this.#turn);
    this.#fill();
  }

  #fill(): void {
    while (true) {
      const next = this.#waiting.next(address => this.#underWay.hasPlace(address));
      if (next === undefined) return;
      const { socket, address } = next;
      this.#underWay.enter(socket, address, this.#turn);
      this.#names.set(nameOf(socket), socket);
      this.#hellos.get(socket)?.();
      this.#hellos.delete(socket);
      this.#serve(socket);
    }
  }

  #letGo(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.refused += 1;
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#hellos.delete(socket);
    this.#silent.leave(socket);
    this.#waiting.leave(socket);
    if (this.#underWay.leave(socket) !== undefined) this.#fill();
  }

  #nextTurn(): void {
    this.#turn += 1;
    const atOnce = this.#waiting.size > 0 ? patience.underWayWhileOthersWait : patience.underWay;
    this.#letGoAfter(this.#silent, patience.silent);
    this.#letGoAfter(this.#waiting, patience.waiting);
    this.#letGoAfter(this.#underWay, atOnce);
  }

  #letGoAfter(room: FairRoom, turns: number): void {
    for (const socket of room.before(this.#turn - turns)) this.#letGo(socket);
  }
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
