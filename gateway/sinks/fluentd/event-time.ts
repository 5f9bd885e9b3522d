/** EventTime of the forward protocol: an extension of type 0, seconds and nanoseconds, each 32 bits, big-endian. */
import { ExtData } from '@msgpack/msgpack';
import type { Instant } from '../instant.ts';

export function eventTime({ seconds, nanoseconds }: Instant): ExtData {
  const bytes = Buffer.alloc(8);
  // Until 2106.
  bytes.writeUInt32BE(Math.min(0xffff_ffff, seconds), 0);
  bytes.writeUInt32BE(nanoseconds, 4);
  return new ExtData(0, bytes);
}
