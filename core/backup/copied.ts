/** What a store has of a backup beside its manifest: how the tars lie there. */
import { TowlineError } from '../errors.ts';
import { fieldsOf, readFields } from '../json.ts';

export interface CopiedVolume {
  /** As the manifest has it. */
  readonly file: string;
  /** Snapshots, in order, that its tar is made of. */
  readonly parts: number;
  /** Of the tar, not compressed. */
  readonly tarBytes: number;
  /** Hexadecimal. */
  readonly tarSha256: string;
}

export const copiedFile = 'copied.json';
/** Of it, bytes. */
export const maxCopiedBytes = 256 * 1024;
const mostParts = 100_000;
const mostVolumes = 256;

/** Tags of the snapshots of a backup: `part` counts from 1, and the last one has the manifest. */
export const tagsOf = {
  part: (backup: string, file: string, part: number): string => `backup=${backup},file=${file},part=${part}`,
  whole: (backup: string): string => `backup=${backup},whole`,
};

function volumeOf(value: unknown): CopiedVolume | undefined {
  const { file, parts, tarBytes, tarSha256 } = fieldsOf(value);
  if (typeof file !== 'string' || !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/.test(file)) return undefined;
  if (typeof tarSha256 !== 'string' || !/^[0-9a-f]{64}$/.test(tarSha256)) return undefined;
  if (!Number.isSafeInteger(parts) || !Number.isSafeInteger(tarBytes)) return undefined;
  const [count, bytes] = [Number(parts), Number(tarBytes)];
  return count < 1 || count > mostParts || bytes < 0
    ? undefined
    : { file, parts: count, tarBytes: bytes, tarSha256 };
}

/** @throws TowlineError BACKUP_STORE_DAMAGED */
export function parseCopied(text: string): readonly CopiedVolume[] {
  try {
    const { version, volumes } = readFields(text);
    if (version === 1 && Array.isArray(volumes) && volumes.length <= mostVolumes) {
      const read = volumes.map(volumeOf).filter(volume => volume !== undefined);
      if (read.length === volumes.length) return read;
    }
  } catch (cause) {
    throw new TowlineError('BACKUP_STORE_DAMAGED', `${copiedFile} is no JSON`, { cause });
  }
  throw new TowlineError('BACKUP_STORE_DAMAGED', `${copiedFile} is not what a device writes`);
}

export const copiedText = (volumes: readonly CopiedVolume[]): string =>
  `${JSON.stringify({ version: 1, volumes }, undefined, 2)}\n`;
