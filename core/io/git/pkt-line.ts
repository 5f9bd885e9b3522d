/** git's pkt-line framing. Source: gitprotocol-common(5), gitprotocol-pack(5). */
import { TowlineError } from '../../errors.ts';

/** A line, or the `0000` between sections. */
export type Packet = Buffer | 'flush';

export const flushPacket = Buffer.from('0000');

export function encodePacket(line: string | Uint8Array): Buffer {
  const bytes = Buffer.from(line);
  const length = (bytes.length + 4).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/**
 * Reads packets to the end of `bytes`. Strict: a length that is no number or points past the end is an error,
 * so a body that was cut inside a packet never looks whole.
 * @throws TowlineError GIT_PACK
 */
export function* readPackets(bytes: Buffer): Iterable<Packet> {
  let at = 0;
  while (at < bytes.length) {
    const digits = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw broken(at);
    const length = Number.parseInt(digits, 16);
    if (length === 0) {
      yield 'flush';
      at += 4;
      continue;
    }
    if (length < 4 || at + length > bytes.length) throw broken(at);
    yield bytes.subarray(at + 4, at + length);
    at += length;
  }
}

function broken(at: number): TowlineError {
  return new TowlineError('GIT_PACK', `the answer is no whole pkt-line at byte ${at}`, { details: { at } });
}
