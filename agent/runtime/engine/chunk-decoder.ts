/** A body that comes in chunks (RFC 9112, 7.1) → its bytes, as they come: a chunk may be cut anywhere. */

const [carriageReturn, lineFeed, semicolon] = [0x0d, 0x0a, 0x3b];
/** Digits of a size. */
const mostDigits = 8;
/** Of an extension, and of the fields behind the last chunk, bytes: nothing of them is of use. */
const mostSkipped = 8 * 1024;

type State = 'size' | 'extension' | 'sizeEnd' | 'data' | 'dataReturn' | 'dataEnd' | 'trailer' | 'over';

export class ChunkError extends Error {
  override readonly name = 'ChunkError';
}

export class ChunkDecoder {
  #state: State = 'size';
  /** Of the chunk that has begun; while its size is read, that. */
  #left = 0;
  #digits = 0;
  #skipped = 0;
  /** Of the line of the trailer. */
  #lineLength = 0;

  /** The last chunk has come, and what follows it. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /**
   * @param bytes are written over: a chunk is as small as a line, and many are one piece that way
   * @returns those of the body, at their front
   * @throws ChunkError where they are no chunks
   */
  push(bytes: Buffer): Buffer {
    let [at, to] = [0, 0];
    while (at < bytes.length && this.#state !== 'over') {
      if (this.#state !== 'data') {
        this.#step(bytes[at] ?? 0);
        at += 1;
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      if (to !== at) bytes.copyWithin(to, at, end);
      to += end - at;
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#state = 'dataReturn';
    }
    return bytes.subarray(0, to);
  }

  /** One byte between the chunks. */
  #step(byte: number): void {
    if (this.#state === 'size') this.#size(byte);
    else if (this.#state === 'extension') {
      if (byte === carriageReturn) this.#state = 'sizeEnd';
      else this.#skip();
    } else if (this.#state === 'trailer') this.#trailer(byte);
    else {
      expect(byte, this.#state === 'dataReturn' ? carriageReturn : lineFeed);
      if (this.#state === 'dataReturn') this.#state = 'dataEnd';
      else if (this.#state === 'dataEnd') this.#begin();
      else this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }

  #begin(): void {
    this.#state = 'size';
    [this.#left, this.#digits] = [0, 0];
  }

  #size(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== -1 && this.#digits < mostDigits) {
      this.#left = this.#left * 16 + digit;
      this.#digits += 1;
      return;
    }
    if (this.#digits === 0 || digit !== -1) throw new ChunkError('a chunk does not say its size');
    if (byte === semicolon) this.#state = 'extension';
    else {
      expect(byte, carriageReturn);
      this.#state = 'sizeEnd';
    }
  }

  /** Lines, the last of which is empty. */
  #trailer(byte: number): void {
    this.#skip();
    if (byte === lineFeed && this.#lineLength === 0) this.#state = 'over';
    else if (byte === lineFeed) this.#lineLength = 0;
    else if (byte !== carriageReturn) this.#lineLength += 1;
  }

  #skip(): void {
    this.#skipped += 1;
    if (this.#skipped > mostSkipped) throw new ChunkError('there is more beside the chunks than in them');
  }
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw new ChunkError('a chunk does not end where it says');
}

/** -1: none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
