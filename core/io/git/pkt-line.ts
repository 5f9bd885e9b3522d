/**
 * pkt-lines: git's framing. A length of four hexadecimal digits that counts itself, then the payload.
 * Source: gitprotocol-common(5), gitprotocol-pack(5).
 */
import { TowlineError } from '../../errors.ts';

export const flushPacket = Buffer.from('0000');
export const delimiterPacket = Buffer.from('0001');

/** Longest payload that a pkt-line can hold, bytes. */
const maxPacketPayload = 65516;

export type Packet =
  | { readonly kind: 'data'; readonly payload: Buffer }
  | { readonly kind: 'flush' | 'delimiter' | 'end' };

export interface PacketAt {
  readonly packet: Packet;
  /** Where the next one begins. */
  readonly next: number;
}

/** What a reader throws of bytes that are no pkt-lines: under its own code. `at`: the byte where they are none. */
export type Malformed = (why: string, at: number) => TowlineError;

export function encodePacket(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload);
  const length = (bytes.length + 4).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/**
 * Reads the pkt-line at `offset`.
 * @returns undefined when the buffer ends before it does.
 * @throws what `malformed` makes
 */
export function readPacket(bytes: Buffer, offset: number, malformed: Malformed): PacketAt | undefined {
  if (offset + 4 > bytes.length) return undefined;
  const digits = bytes.toString('latin1', offset, offset + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw malformed('not a pkt-line', offset);
  const length = Number.parseInt(digits, 16);
  const special = (['flush', 'delimiter', 'end'] as const)[length];
  if (special !== undefined) return { packet: { kind: special }, next: offset + 4 };
  if (length < 4 || length > maxPacketPayload + 4) throw malformed(`a pkt-line of ${length} bytes`, offset);
  if (offset + length > bytes.length) return undefined;
  return {
    packet: { kind: 'data', payload: bytes.subarray(offset + 4, offset + length) },
    next: offset + length,
  };
}

/**
 * All pkt-lines of a body. Strict: it must end with a whole one, so that one that was cut never looks whole.
 * @throws what `malformed` makes
 */
export function* readPackets(bytes: Buffer, malformed: Malformed): Generator<Packet> {
  let offset = 0;
  while (offset < bytes.length) {
    const found = readPacket(bytes, offset, malformed);
    if (found === undefined) throw malformed('a pkt-line is cut off', offset);
    yield found.packet;
    offset = found.next;
  }
}

/**
 * What a server answers in protocol 0 and 1: lines, and flushes between sections.
 * @throws TowlineError GIT_PACK
 */
export function* readAnswer(bytes: Buffer): Generator<Extract<Packet, { kind: 'data' }> | { kind: 'flush' }> {
  let at = 0;
  for (const packet of readPackets(bytes, (_why, where) => broken(where))) {
    if (packet.kind === 'data') yield packet;
    else if (packet.kind === 'flush') yield { kind: 'flush' };
    else throw broken(at);
    at += packet.kind === 'data' ? packet.payload.length + 4 : 4;
  }
}

/** Text of a data packet without its final newline. */
export function packetText(payload: Buffer): string {
  const text = payload.toString('utf8');
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function broken(at: number): TowlineError {
  return new TowlineError('GIT_PACK', `the answer is no whole pkt-line at byte ${at}`, { details: { at } });
}
