/** One part of a version: files below one folder as a .tar.gz. Equal files give equal bytes. */
import { constants, gzipSync } from 'node:zlib';
import { tarArchive } from '../../lab/machine/tar.ts';

export interface PartFile {
  readonly bytes: Uint8Array;
  /** For programs. */
  readonly executable?: boolean;
}

/** Path, relative and without `..` → file. */
export type PartFiles = ReadonlyMap<string, PartFile>;

/** @param level of compression, 1 to 9 */
export function partArchive(files: PartFiles, level = constants.Z_BEST_COMPRESSION): Buffer {
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const tar = tarArchive(
    entries.map(([path, { bytes, executable }]) => ({
      path,
      bytes,
      mode: executable === true ? 0o755 : 0o644,
    })),
  );
  return gzipSync(tar, { level });
}
