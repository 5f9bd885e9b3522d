/** GELF over UDP: a message that fits into no datagram goes in chunks, and the receiver joins them by their id. */
import { randomBytes } from 'node:crypto';

const magic = Buffer.from([0x1e, 0x0f]);
const idBytes = 8;
/** Magic, id, number, count. */
const headerBytes = 12;
const maxChunks = 128;

/** @returns undefined: it needs more chunks than there may be */
export function gelfChunks(message: Buffer, datagramBytes: number): readonly Buffer[] | undefined {
  if (message.length <= datagramBytes) return [message];
  const partBytes = datagramBytes - headerBytes;
  const count = Math.ceil(message.length / partBytes);
  if (count > maxChunks) return undefined;
  const id = randomBytes(idBytes);
  return Array.from({ length: count }, (_, number) =>
    Buffer.concat([
      magic,
      id,
      Buffer.from([number, count]),
      message.subarray(number * partBytes, (number + 1) * partBytes),
    ]),
  );
}
