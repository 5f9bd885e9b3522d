import { createHash } from 'node:crypto';
import type { ObjectId } from '../git/object-source.ts';

/** The folders whose files have the claims: their ids, or nothing where there is none. */
export interface Folders {
  readonly devices: ObjectId | undefined;
  readonly operators: ObjectId | undefined;
}

export interface SavedHolder {
  readonly path: string;
  readonly claims: readonly string[];
}

const head = 'towline holders v1';
const idPattern = /^[0-9a-f]{40}$/;
const claimPattern = /^[0-9a-f]{32}$/;

/** One file a line; paths have no control characters. A checksum stands at the end. */
export function formatHolders({ devices, operators }: Folders, files: readonly SavedHolder[]): string {
  const lines = files.map(({ path, claims }) => [path, ...claims].join('\t'));
  const text = [head, `${devices ?? '-'} ${operators ?? '-'}`, ...lines, ''].join('\n');
  return `${text}sha256:${checksum(text)}\n`;
}

/** @returns undefined where it is not what was written. */
export function parseHolders(text: string): { folders: Folders; files: SavedHolder[] } | undefined {
  const end = text.lastIndexOf('sha256:');
  if (end < 0 || text.slice(end) !== `sha256:${checksum(text.slice(0, end))}\n`) return undefined;
  const [first, ids = '', ...lines] = text.slice(0, end).trimEnd().split('\n');
  const [devices, operators] = ids.split(' ').map(id => (idPattern.test(id) ? id : undefined));
  if (first !== head) return undefined;
  const files: SavedHolder[] = [];
  for (const line of lines) {
    const [path = '', ...claims] = line.split('\t');
    if (!claims.every(claim => claimPattern.test(claim))) return undefined;
    files.push({ path, claims });
  }
  return { folders: { devices, operators }, files };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
