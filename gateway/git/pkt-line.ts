/** pkt-lines: git's framing (gitprotocol-common). A length of four hexadecimal digits that counts itself, then the payload. */
import { TowlineError } from '../../core/errors.ts';

export const flushPacket = Buffer.from('0000');
export const delimiterPacket = Buffer.from('0001');

/** Longest payload that a pkt-line can hold, bytes. */
export const maxPacketPayload = 65516;

export function packet(payload: string | Uint8Array): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const length = (bytes.length + 4).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

export type Packet =
  | { readonly kind: 'data'; readonly payload: Buffer }
  | { readonly kind: 'flush' | 'delimiter' | 'end' };

export interface PacketAt {
  readonly packet: Packet;
  /** Where the next one begins. */
  readonly next: number;
}

/**
 * Reads the pkt-line at `offset`.
 * @returns undefined when the buffer ends before it does.
 * @throws TowlineError GATEWAY_REQUEST_MALFORMED
 */
export function readPacket(bytes: Buffer, offset: number): PacketAt | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const digits = bytes.toString('latin1', offset, offset + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'not a pkt-line');
  }
  const length = Number.parseInt(digits, 16);
  const special = (['flush', 'delimiter', 'end'] as const)[length];
  if (special !== undefined) return { packet: { kind: special }, next: offset + 4 };
  if (length < 4 || length > maxPacketPayload + 4) {
    throw new TowlineError('GATEWAY_REQUEST_MALFORMED', `a pkt-line of ${length} bytes`);
  }
  if (offset + length > bytes.length) return undefined;
  return {
    packet: { kind: 'data', payload: bytes.subarray(offset + 4, offset + length) },
    next: offset + length,
  };
}

/**
 * All pkt-lines of a body, which must end with a whole one.
 * @throws TowlineError GATEWAY_REQUEST_MALFORMED
 */
export function* readPackets(bytes: Buffer): Generator<Packet> {
  let offset = 0;
  while (offset < bytes.length) {
    const found = readPacket(bytes, offset);
    if (found === undefined) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'a pkt-line is cut off');
    yield found.packet;
    offset = found.next;
  }
}

/** Text of a data packet without its final newline. */
export function packetText(payload: Buffer): string {
  const text = payload.toString('utf8');
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
