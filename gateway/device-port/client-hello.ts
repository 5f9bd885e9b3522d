/** The first bytes of a TLS connection, looked at before anything is spent on it (RFC 8446, 5.1). */
import type { Socket } from 'node:net';

const recordHeaderBytes = 5;
const handshakeRecord = 22;
/** With a ticket and a post-quantum key share a ClientHello has some 3,000. */
const maxClientHelloBytes = 8 * 1024;

/** @returns whether the first record is there as a whole, is still to come, or is none that a client begins with. */
export function judgeClientHello(bytes: Uint8Array): 'whole' | 'begun' | 'none' {
  const [type, major, , high = 0, low = 0] = bytes;
  if (type !== undefined && type !== handshakeRecord) return 'none';
  if (major !== undefined && major !== 3) return 'none';
  if (bytes.length < recordHeaderBytes) return 'begun';
  const length = high * 256 + low;
  if (length === 0 || length > maxClientHelloBytes) return 'none';
  return bytes.length >= recordHeaderBytes + length ? 'whole' : 'begun';
}

/**
 * Reads until the ClientHello is there, calls `onWhole`, and keeps it. A socket that ends, or says anything else, is
 * destroyed, before and after.
 * @returns gives the socket back, as if nothing had been read.
 */
export function receiveClientHello(socket: Socket, onWhole: () => void): () => void {
  let bytes: Buffer = Buffer.alloc(0);
  let whole = false;
  const onEnd = () => socket.destroy();
  const onReadable = () => {
    for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    }
    if (bytes.length === 0 || whole) {
      // Nobody says more before he is answered.
      if (bytes.length > 2 * maxClientHelloBytes) socket.destroy();
      return;
    }
    const judged = judgeClientHello(bytes);
    if (judged === 'none') socket.destroy();
    if (judged !== 'whole') return;
    whole = true;
    onWhole();
  };
  socket.on('readable', onReadable).once('end', onEnd);
  return () => {
    socket.off('readable', onReadable).off('end', onEnd);
    socket.unshift(bytes);
  };
}
