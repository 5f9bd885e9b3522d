/**
 * What an SSH connection sends. ssh2 takes a buffer for each packet and writes each by itself: memory outside of V8's heap, for
 * which it collects garbage every ten megabytes. Here large packets lie side by side in memory that is used again when
 * they have been sent, and what one turn makes is written together.
 */
import { randomFillSync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { CipherState, ProtocolState } from './ssh2-state.ts';

const pieceBytes = 256 * 1024;
/** Smaller ones are none of the collector's work: Node has a pool for them. */
const minPayloadBytes = 4 * 1024;
/** Padding for all packets that a piece can hold. */
const paddingBytes = 2 * 1024;
const maxFreePieces = 8;
const tagBytes = 16;
/** What a cipher makes of an empty payload → its block: what is not here pads in a way that is not known here. */
const blockBytesByEmptyPacket: ReadonlyMap<number, number> = new Map([
  [4 + 16 + tagBytes, 16],
  [4 + 8 + tagBytes, 8],
]);

type Writing = Pick<ProtocolState, '_onWrite' | '_cipher'>;

export class OutgoingPackets {
  readonly #protocol: Writing;
  readonly #transport: Duplex;
  readonly #pieces = new Map<ArrayBufferLike, Piece>();
  readonly #free: Piece[] = [];
  #current: Piece | undefined;
  #gathering = false;

  /** Before the first key exchange: each cipher writes where it was told to when it was made. */
  constructor(protocol: Writing, transport: Duplex) {
    this.#protocol = protocol;
    this.#transport = transport;
    protocol._onWrite = packet => this.#write(packet);
  }

  /** After each key exchange: with the keys the cipher is another. */
  keysChanged(): void {
    const cipher = this.#protocol._cipher;
    const original = cipher.allocPacket;
    const blockBytes = blockBytesByEmptyPacket.get(original.call(cipher, 0).length);
    if (blockBytes === undefined) return;
    cipher.allocPacket = payloadBytes =>
      this.#take(payloadBytes, blockBytes) ?? original.call(cipher, payloadBytes);
  }

  /** Memory is not held for a connection that nobody uses. */
  forget(): void {
    this.#pieces.clear();
    this.#free.length = 0;
    this.#current = undefined;
  }

  /** What was gathered goes out now. */
  flush(): void {
    if (!this.#gathering) return;
    this.#gathering = false;
    this.#transport.uncork();
  }

  /** RFC 4253, section 6: length, padding's length, payload, padding; the ciphers here authenticate the length and do not pad it. */
  #take(payloadBytes: number, blockBytes: number): ReturnType<CipherState['allocPacket']> | undefined {
    const short = blockBytes - ((1 + payloadBytes) % blockBytes);
    const padding = short < 4 ? short + blockBytes : short;
    const length = 1 + payloadBytes + padding;
    if (payloadBytes < minPayloadBytes || 4 + length + tagBytes > pieceBytes - paddingBytes) return undefined;
    const packet = this.#room(4 + length + tagBytes).take(4 + length + tagBytes, padding);
    packet.writeUInt32BE(length, 0);
    packet[4] = padding;
    return packet;
  }

  #room(bytes: number): Piece {
    if (this.#current !== undefined && this.#current.room >= bytes) return this.#current;
    const piece = this.#free.pop() ?? new Piece(done => this.#sent(done));
    piece.begin();
    this.#pieces.set(piece.bytes.buffer, piece);
    this.#current = piece;
    return piece;
  }

  /** All that lay in it has been sent. */
  #sent(piece: Piece): void {
    if (this.#pieces.get(piece.bytes.buffer) !== piece) return;
    if (piece === this.#current) piece.begin();
    else if (this.#free.length < maxFreePieces) this.#free.push(piece);
    else this.#pieces.delete(piece.bytes.buffer);
  }

  #write(packet: Uint8Array): void {
    const transport = this.#transport;
    if (!transport.writable) return;
    if (!this.#gathering) {
      this.#gathering = true;
      transport.cork();
      process.nextTick(() => this.flush());
    }
    transport.write(packet, this.#pieces.get(packet.buffer)?.written);
  }
}

/** Memory for some packets. What it begins with are bytes that nobody can foresee, for their padding. */
class Piece {
  readonly bytes = Buffer.allocUnsafeSlow(pieceBytes);
  /** Called once for each packet, when it has been sent. */
  readonly written: () => void;
  #used = pieceBytes;
  #padded = 0;
  #waiting = 0;

  constructor(sent: (piece: Piece) => void) {
    this.written = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) sent(this);
    };
  }

  get room(): number {
    return pieceBytes - this.#used;
  }

  begin(): void {
    randomFillSync(this.bytes, 0, paddingBytes);
    this.#used = paddingBytes;
    this.#padded = 0;
  }

  /** A packet with its padding in place, behind which the tag comes. */
  take(bytes: number, padding: number): Buffer {
    const packet = this.bytes.subarray(this.#used, this.#used + bytes);
    this.bytes.copy(packet, bytes - tagBytes - padding, this.#padded, this.#padded + padding);
    this.#used += bytes;
    this.#padded += padding;
    this.#waiting += 1;
    return packet;
  }
}
