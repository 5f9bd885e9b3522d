/** Messages of SFTP version 3, taken apart and put together. Source: draft-ietf-secsh-filexfer-02; extensions of OpenSSH's PROTOCOL. */
import type { FileFacts } from './file-facts.ts';

export const ask = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const;

export const openFlag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

/** A write of 256 KiB, and what stands around it. */
export const maxPacketBytes = 256 * 1024 + 1024;

/** Of what a client wants a file to have. */
export interface AskedAttributes {
  readonly size?: number;
  readonly owner?: string;
  readonly mode?: number;
  readonly modified?: number;
}

/** Fields of one message. @throws RangeError where they are not there */
export class SftpFields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  /** @throws RangeError beyond what a number has */
  uint64(): number {
    const value = Number(this.#bytes.readBigUInt64BE(this.#advance(8)));
    if (!Number.isSafeInteger(value)) throw new RangeError('a size that no file has');
    return value;
  }

  bytes(): Buffer {
    const length = this.uint32();
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** In `latin1`. @throws RangeError where it is none */
  path(): string {
    const bytes = this.bytes();
    if (bytes.length > 4096 || bytes.includes(0)) throw new RangeError('a path that no file has');
    return bytes.toString('latin1');
  }

  attributes(): AskedAttributes {
    const flags = this.uint32();
    return {
      ...(flags & 1 ? { size: this.uint64() } : {}),
      ...(flags & 2 ? { owner: `${this.uint32()}:${this.uint32()}` } : {}),
      ...(flags & 4 ? { mode: this.uint32() & 0o7777 } : {}),
      ...(flags & 8 ? this.#times() : {}),
    };
  }

  #times(): AskedAttributes {
    this.uint32();
    return { modified: this.uint32() };
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#bytes.length) throw new RangeError('a message that is not whole');
    this.#at = at + bytes;
    return at;
  }
}

/** Whole messages, as they come. @throws RangeError for one that is too long, or empty */
export async function* sftpMessages(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length === 0 || length > maxPacketBytes) throw new RangeError(`a message of ${length} bytes`);
      if (rest.length < 4 + length) break;
      yield rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
    }
  }
}

type Piece = number | bigint | string | Uint8Array;

/** A number is a uint32, a bigint a uint64, a text (`latin1`) or bytes a string with its length. */
function packed(type: number, pieces: readonly Piece[]): Buffer {
  const parts = pieces.flatMap(piece => {
    if (typeof piece === 'number') return [uint32(piece)];
    if (typeof piece === 'bigint') {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(piece);
      return [bytes];
    }
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    return [uint32(bytes.length), bytes];
  });
  const body = Buffer.concat([Buffer.of(type), ...parts]);
  return Buffer.concat([uint32(body.length), body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Of version 3, with what OpenSSH's clients can use besides. */
export function versionAnswer(): Buffer {
  return packed(2, [3, 'posix-rename@openssh.com', '1']);
}

export function statusAnswer(id: number, code: number, words: string): Buffer {
  return packed(101, [id, code, Buffer.from(words), 'en']);
}

export function handleAnswer(id: number, handle: string): Buffer {
  return packed(102, [id, handle]);
}

export function dataAnswer(id: number, bytes: Uint8Array): Buffer {
  return packed(103, [id, bytes]);
}

export interface NamedFacts {
  readonly name: string;
  readonly long: string;
  readonly facts?: FileFacts;
}

export function namesAnswer(id: number, names: readonly NamedFacts[]): Buffer {
  return packed(104, [
    id,
    names.length,
    ...names.flatMap(({ name, long, facts }): Piece[] => [name, long, ...attributes(facts)]),
  ]);
}

export function attributesAnswer(id: number, facts: FileFacts): Buffer {
  return packed(105, [id, ...attributes(facts)]);
}

function attributes(facts: FileFacts | undefined): Piece[] {
  if (facts === undefined) return [0];
  const { size, uid, gid, mode, accessed, modified } = facts;
  return [1 | 2 | 4 | 8, BigInt(size), uid, gid, mode, accessed, modified];
}
