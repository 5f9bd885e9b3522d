/** Buffers into which files are read, handed round: what is taken from one is done with before it is given back. */

/** Bytes; larger ones are made for an entry that needs it. */
export const pieceBytes = 128 * 1024;
const mostKept = 2;

export class PieceBuffers {
  readonly #free: Buffer[] = [];

  take(length = pieceBytes): Buffer {
    const free = length === pieceBytes ? this.#free.pop() : undefined;
    return free ?? Buffer.allocUnsafeSlow(length);
  }

  give(buffer: Buffer): void {
    if (buffer.length === pieceBytes && this.#free.length < mostKept) this.#free.push(buffer);
  }
}
