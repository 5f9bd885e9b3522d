/**
 * Messages of OpenSSH's control socket (PROTOCOL.mux): a length and so many bytes. After `MUX_C_PROXY` they are those of an SSH
 * connection (RFC 4254), decrypted and without padding: a byte of zero, the message's number, its fields.
 */
import { TowlineError } from '../../core/errors.ts';

/** Larger is none that this program asked for, bytes. */
const maxPacketBytes = 256 * 1024;
const lengthBytes = 4;

/** Pieces of a stream, put together to packets. */
export class PacketReader {
  #waiting: Buffer = Buffer.alloc(0);

  /** The packets that are whole now, without their lengths. @throws TowlineError CLI_SSH */
  *take(piece: Buffer): Generator<Buffer> {
    this.#waiting = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece]);
    while (this.#waiting.length >= lengthBytes) {
      const length = this.#waiting.readUInt32BE(0);
      if (length > maxPacketBytes) throw new TowlineError('CLI_SSH', `ssh sends ${length} bytes at once`);
      const end = lengthBytes + length;
      if (this.#waiting.length < end) return;
      const packet = this.#waiting.subarray(lengthBytes, end);
      this.#waiting = this.#waiting.subarray(end);
      yield packet;
    }
  }
}

/** Fields of one message, in their order. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** @throws TowlineError CLI_SSH: it is not whole */
  number(): number {
    return this.#taken(lengthBytes).readUInt32BE(0);
  }

  flag(): boolean {
    return this.#taken(1)[0] !== 0;
  }

  string(): Buffer {
    return this.#taken(this.number());
  }

  text(): string {
    return this.string().toString('utf8');
  }

  #taken(bytes: number): Buffer {
    const end = this.#at + bytes;
    if (end > this.#bytes.length) throw new TowlineError('CLI_SSH', 'ssh sends a message that is not whole');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

export type Field = number | boolean | string | Uint8Array;

/** With its length. @param head bytes before the fields */
export function packet(head: readonly number[], fields: readonly Field[]): Buffer {
  const body = Buffer.concat([Buffer.from(head), ...fields.map(written)]);
  return Buffer.concat([uint32(body.length), body]);
}

function written(field: Field): Buffer {
  if (typeof field === 'number') return uint32(field);
  if (typeof field === 'boolean') return Buffer.of(field ? 1 : 0);
  const bytes = Buffer.from(field);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeUInt32BE(value);
  return bytes;
}
