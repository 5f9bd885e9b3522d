/** Writes tar archives in memory (POSIX.1-1988 ustar): for the Engine's build endpoint, and for what ships. */

export interface TarEntry {
  /** Up to 100 bytes, and 155 more of folders before them. */
  readonly path: string;
  readonly mode?: number;
  /** A regular file's bytes. */
  readonly bytes?: Uint8Array | string;
  /** A symbolic link's target. */
  readonly link?: string;
  /** A folder: the path ends with `/`. */
  readonly folder?: boolean;
  /** Number of user and group, otherwise root's. */
  readonly owner?: number;
}

const blockBytes = 512;

/** @throws Error for a path that no header holds */
function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== '' && Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100)
      return [prefix, name];
  }
  throw new Error(`a tar holds no path as long as ${path}`);
}

const typeOf = ({ link, folder }: TarEntry): string => {
  if (folder === true) return '5';
  return link === undefined ? '0' : '2';
};

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  const [prefix, name] = split(entry.path);
  block.write(name, 0, 100, 'utf8');
  octal(entry.mode ?? 0o644, 100, 8);
  octal(entry.owner ?? 0, 108, 8);
  octal(entry.owner ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(typeOf(entry), 156, 'latin1');
  block.write(entry.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 155, 'utf8');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** One archive of the entries, in their order, at time 0: equal entries give equal bytes. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes ?? '');
    parts.push(header(entry, bytes.length), bytes);
    parts.push(Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}
