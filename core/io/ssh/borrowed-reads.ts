/**
 * Reads into memory that is used again for the next: what Node calls `onread`, and has for sockets that one opens, not for
 * those that come in. So this tells it to a socket by what Node keeps to itself; where that is not there, reads stay as they are.
 */
import type { Duplex } from 'node:stream';

/** One for all sockets: nothing in it outlives the turn that reads it, and reads come one after the other. */
const memory = Buffer.allocUnsafeSlow(256 * 1024);

/** @returns whether `data` of this stream is from now on for its listeners only while they run */
export function borrowReads(stream: Duplex): boolean {
  const handle: unknown = Reflect.get(stream, '_handle');
  const [buffer, callback] = ['kBuffer', 'kBufferCb'].map(name =>
    Object.getOwnPropertySymbols(stream).find(symbol => symbol.description === name),
  );
  if (buffer === undefined || callback === undefined || !takesBuffer(handle)) return false;
  if (Reflect.get(stream, buffer) !== null) return false;
  handle.useUserBuffer(memory);
  Reflect.set(stream, buffer, memory);
  Reflect.set(stream, callback, (bytes: number, read: Buffer) => {
    const chunk = read.subarray(0, bytes);
    // What would wait in the stream has to be its own.
    if (stream.readableFlowing !== true || stream.readableLength > 0) return stream.push(Buffer.from(chunk));
    stream.emit('data', chunk);
    return stream.readableFlowing;
  });
  return true;
}

export function isBorrowed(bytes: Uint8Array): boolean {
  return bytes.buffer === memory.buffer;
}

function takesBuffer(handle: unknown): handle is { useUserBuffer(buffer: Buffer): void } {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'useUserBuffer' in handle &&
    typeof handle.useUserBuffer === 'function'
  );
}
