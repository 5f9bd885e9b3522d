import path from 'node:path';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { makeFolderDurably, removeDurably } from '../../core/io/file/durable-file.ts';
import { HolderFile } from '../../core/io/file/holder-file.ts';
import { parseTrustedState, type TrustedState } from '../../core/trust/line/trusted-state.ts';

/**
 * The trusted commit, outside the store, in two copies with checksums (docs/decisions/trusted-commit.md). A copy that
 * is damaged is never read; with both damaged the walk begins at the anchor again, which a person has pinned.
 */
export function trustedCommitFile(stateDirectory: string): CheckedFile<TrustedState> {
  return new CheckedFile(trustedCommitPath(stateDirectory), parseTrustedState);
}

/** Where the walk of a device begins, or begins anew: what was trusted before is forgotten. */
export async function beginTrusted(stateDirectory: string, trusted: TrustedState | undefined): Promise<void> {
  const file = trustedCommitPath(stateDirectory);
  await removeDurably(`${file}.copy`);
  await removeDurably(file);
  if (trusted === undefined) return;
  await makeFolderDurably(path.dirname(file));
  await trustedCommitFile(stateDirectory).write(trusted);
}

/** The first of the two copies; the other one ends in `.copy`. */
export function trustedCommitPath(stateDirectory: string): string {
  return path.join(trustedFolder(stateDirectory), 'commit');
}

export function trustedFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'trusted');
}

/** Who has which id and key at a commit on the way: lost, it is made anew. */
export function holderFile(stateDirectory: string): HolderFile {
  return new HolderFile(path.join(trustedFolder(stateDirectory), 'holders'));
}
