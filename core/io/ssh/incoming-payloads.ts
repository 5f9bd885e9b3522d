/** Payloads on their way to ssh2: whole or not at all, and a channel's data past it where somebody takes them at once. */
import type { Duplex } from 'node:stream';
import { TowlineError } from '../../errors.ts';
import type { PeerWork } from '../peer-work.ts';
import { borrowReads, isBorrowed } from './borrowed-reads.ts';
import { malformedPayload } from './ssh-payload.ts';
import type { ProtocolState } from './ssh2-state.ts';

/** RFC 4254, section 5.2. */
const windowAdjust = 93;
const channelData = 94;

/** Of a channel that passes on what comes. */
export interface Lane {
  /** @returns false where it can not take them now: ssh2 gets them, and nothing of them was taken */
  take(data: Buffer): boolean;
  /** The peer has granted more. */
  granted(): void;
}

type OnPayload = ProtocolState['_onPayload'];

export class IncomingPayloads {
  readonly #protocol: ProtocolState;
  readonly #transport: Duplex;
  readonly #work: PeerWork;
  readonly #lanes = new Map<number, Lane>();
  readonly #guard: OnPayload;
  /** Of a key exchange that goes on, with copies. */
  #exchange: OnPayload | undefined;
  #borrowing: boolean | undefined;

  constructor(protocol: ProtocolState, transport: Duplex, work: PeerWork) {
    this.#protocol = protocol;
    this.#transport = transport;
    this.#work = work;
    const original = protocol._onPayload;
    this.#guard = payload => this.#judge(payload, own => original.call(protocol, own));
    protocol._onPayload = this.#guard;
  }

  /** @param id the channel's number on this side */
  open(id: number, lane: Lane): void {
    this.#lanes.set(id, lane);
    if (this.#borrowing === undefined) {
      this.#borrowing = borrowReads(this.#transport);
      // Behind ssh2, which has listened since the connection began.
      if (this.#borrowing) this.#transport.on('data', () => this.#keepBegun());
    }
    if (this.#borrowing) this.#copyForExchange();
  }

  close(id: number, lane: Lane): void {
    if (this.#lanes.get(id) === lane) this.#lanes.delete(id);
  }

  #judge(payload: Buffer, original: OnPayload): number | undefined {
    if (this.#transport.destroyed) return Number.POSITIVE_INFINITY;
    if (payload[0] === channelData && this.#pass(payload)) return undefined;
    const wrong = malformedPayload(payload);
    if (wrong !== undefined) {
      this.#work.fail(new TowlineError('TUNNEL_MALFORMED', wrong));
      return Number.POSITIVE_INFINITY;
    }
    const next = original(isBorrowed(payload) ? Buffer.from(payload) : payload);
    if (this.#borrowing === true) this.#copyForExchange();
    if (payload[0] === windowAdjust) this.#lanes.get(payload.readUInt32BE(1))?.granted();
    return next;
  }

  #pass(payload: Buffer): boolean {
    const lane = payload.length > 9 ? this.#lanes.get(payload.readUInt32BE(1)) : undefined;
    if (lane === undefined) return false;
    const bytes = payload.readUInt32BE(5);
    if (bytes > payload.length - 9 || !lane.take(payload.subarray(9, 9 + bytes))) return false;
    this.#protocol._onPacket();
    return true;
  }

  /** During a key exchange ssh2 hands payloads to the exchange itself, which keeps parts of them. */
  #copyForExchange(): void {
    const decipher = this.#protocol._decipher;
    const exchange = decipher?._onPayload;
    if (decipher === undefined || exchange === this.#guard || exchange === this.#exchange) return;
    this.#exchange = payload => exchange?.(isBorrowed(payload) ? Buffer.from(payload) : payload);
    decipher._onPayload = this.#exchange;
  }

  /** ssh2 leaves a packet where it was read while its tag has not come. */
  #keepBegun(): void {
    const decipher = this.#protocol._decipher;
    if (decipher?._packet != null && isBorrowed(decipher._packet))
      decipher._packet = Buffer.from(decipher._packet);
  }
}
