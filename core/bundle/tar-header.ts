/**
 * The header of a file in a bundle's tar, as a pure function of name and size, so that a reader knows every byte of it.
 * Source: POSIX.1-1988 "ustar"; sizes from 8 GiB on in base 256, as GNU tar and Go's archive/tar have them.
 */

export const blockBytes = 512;
/** What a tar ends with. */
export const endBytes = 2 * blockBytes;
const maxOctalSize = 8 ** 11;

function put(header: Buffer, at: number, text: string): void {
  header.write(text, at, 'latin1');
}

function putSize(header: Buffer, size: number): void {
  if (size < maxOctalSize) {
    put(header, 124, size.toString(8).padStart(11, '0'));
    return;
  }
  header[124] = 0x80;
  header.writeUIntBE(size, 130, 6);
}

/**
 * @param name at most 100 bytes of ASCII
 * @param size bytes
 * @returns 512 bytes: mode 0644, no owner, no time
 */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  put(header, 0, name);
  put(header, 100, '0000644');
  put(header, 108, '0000000');
  put(header, 116, '0000000');
  putSize(header, size);
  put(header, 136, '00000000000');
  put(header, 148, '        ');
  put(header, 156, '0');
  put(header, 257, 'ustar');
  put(header, 263, '00');
  let sum = 0;
  for (const byte of header) sum += byte;
  put(header, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Zeros after a file, to the next block. */
export const paddingOf = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;

/** What a file takes in a tar, with its header. */
const sizeInTar = (size: number): number => blockBytes + size + paddingOf(size);

/** Bytes of a tar of files of these sizes. */
export const tarBytes = (sizes: readonly number[]): number =>
  sizes.reduce((total, size) => total + sizeInTar(size), endBytes);
