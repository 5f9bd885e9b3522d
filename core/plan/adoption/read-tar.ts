/** Regular files of a small tar archive, as the engine sends what a container has at a path. */

export interface TarFile {
  readonly mode: number;
  readonly bytes: Buffer;
}

const block = 512;
const maxFiles = 4096;

const text = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

/** Octal digits; undefined for whatever else. */
function numberOf(bytes: Buffer): number | undefined {
  const digits = text(bytes).trim();
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** `path` of extended records, `LENGTH key=value\n` each. */
function longPath(records: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n\0]+)\n/.exec(records.toString('utf8'))?.[1];
}

function nameIn(header: Buffer): string {
  const prefix = text(header.subarray(345, 500));
  const name = text(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  return isUstar && prefix !== '' ? `${prefix}/${name}` : name;
}

/** Without the first part, which is what was asked for: '' for a file by itself. */
const below = (name: string): string =>
  name
    .replace(/^\.?\/*/, '')
    .split('/')
    .slice(1)
    .join('/');

/**
 * By path below the first part of its name. Folders are left out.
 * @returns undefined for what is no such archive, or has anything else in it, such as a link
 */
export function readTar(archive: Buffer): ReadonlyMap<string, TarFile> | undefined {
  const files = new Map<string, TarFile>();
  let path: string | undefined;
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every(byte => byte === 0)) return files;
    const size = numberOf(header.subarray(124, 136));
    const mode = numberOf(header.subarray(100, 108));
    const end = at + block + (size ?? 0);
    if (size === undefined || mode === undefined || end > archive.length) return undefined;
    const bytes = archive.subarray(at + block, end);
    at = Math.ceil(end / block) * block;
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'x') {
      path = longPath(bytes);
      continue;
    }
    const name = path ?? nameIn(header);
    path = undefined;
    if (kind === '5') continue;
    if ((kind !== '0' && kind !== '\0') || files.size >= maxFiles) return undefined;
    files.set(below(name), { mode, bytes });
  }
  return files;
}
