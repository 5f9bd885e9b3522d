/** Reads big-endian fields in turn from bytes that somebody else wrote. Beyond the end it throws. */
export class ByteCursor {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  get offset(): number {
    return this.#offset;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new RangeError(`${length} bytes wanted, ${this.left} left`);
    const part = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return part;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint16(): number {
    return this.take(2).readUInt16BE();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  /** SSH string: four bytes of length, then the bytes (RFC 4251, section 5). */
  sshString(): Buffer {
    return this.take(this.uint32());
  }

  sshText(): string {
    return this.sshString().toString('latin1');
  }

  /** OpenPGP multiprecision integer (RFC 9580, section 3.2), without leading zeros. */
  mpi(): Buffer {
    const bits = this.uint16();
    const bytes = this.take(Math.ceil(bits / 8));
    if (bits > 0 && 32 - Math.clz32(bytes.readUInt8()) !== ((bits - 1) % 8) + 1) {
      throw new RangeError('a multiprecision integer whose length is wrong');
    }
    return bytes;
  }

  end(): void {
    if (this.left > 0) throw new RangeError(`${this.left} bytes too many`);
  }
}

/** Puts zeros before a number until it has this length; undefined when it is longer. */
export function padNumber(bytes: Buffer, length: number): Buffer | undefined {
  let start = 0;
  while (start < bytes.length && bytes.length - start > length && bytes[start] === 0) start += 1;
  const number = bytes.subarray(start);
  if (number.length > length) return undefined;
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
