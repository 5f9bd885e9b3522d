/** What a file is to hold that a verb makes or changes. */
import type { FileMode, RepositoryFile } from '../fleet/repository-files.ts';

/** Text, bytes, or bytes with the mode that git is to give them. */
export type NewContent = string | Uint8Array | Pick<RepositoryFile, 'bytes' | 'mode'>;

export function bytesOf(content: NewContent): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content, 'utf8');
  return content instanceof Uint8Array ? content : content.bytes;
}

/** @returns undefined: as it was, else of a plain file */
export function modeOf(content: NewContent): FileMode | undefined {
  return typeof content === 'string' || content instanceof Uint8Array ? undefined : content.mode;
}
