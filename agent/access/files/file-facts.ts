/** What a container says of a file, as `stat -c '%f %s %u %g %X %Y'` prints it. */

export interface FileFacts {
  /** Type and permissions, as stat(2) has them. */
  readonly mode: number;
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly accessed: number;
  readonly modified: number;
}

export interface FolderEntry extends FileFacts {
  readonly name: string;
}

export const statFormat = '%f %s %u %g %X %Y';

const kinds = 0o170000;
const letters = new Map([
  [0o040000, 'd'],
  [0o120000, 'l'],
  [0o100000, '-'],
]);

export function isFolder({ mode }: FileFacts): boolean {
  return (mode & kinds) === 0o040000;
}

export function isRegular({ mode }: FileFacts): boolean {
  return (mode & kinds) === 0o100000;
}

/** @returns undefined for what is no line of that format */
export function readFacts(line: string): FileFacts | undefined {
  const [, mode, size, uid, gid, accessed, modified] =
    /^([0-9a-f]{1,8}) (\d{1,16}) (\d{1,10}) (\d{1,10}) (-?\d{1,12}) (-?\d{1,12})$/.exec(line) ?? [];
  if (mode === undefined) return undefined;
  return {
    mode: Number.parseInt(mode, 16),
    ...{ size: Number(size), uid: Number(uid), gid: Number(gid) },
    ...{ accessed: Number(accessed), modified: Number(modified) },
  };
}

/** Entries begin with `./`, where a name could be an option, and end with a slash and a line break: no name has a slash. */
export function readEntries(text: string): FolderEntry[] {
  return text.split('/\n').flatMap(line => {
    const [, facts = '', name = ''] = /^((?:\S+ ){5}\S+) (?:\.\/)?(.+)$/s.exec(line) ?? [];
    const read = readFacts(facts);
    return read === undefined || name === '' ? [] : [{ ...read, name }];
  });
}

/** As `ls -l` has it: clients show it as it stands. */
export function longName({ mode, size, uid, gid, modified, name }: FolderEntry): string {
  const kind = letters.get(mode & kinds) ?? '?';
  const bits = [6, 3, 0].map(shift => {
    const three = (mode >> shift) & 7;
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`;
  });
  const time = new Date(modified * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return `${kind}${bits.join('')} 1 ${uid} ${gid} ${size} ${time} ${name}`;
}
