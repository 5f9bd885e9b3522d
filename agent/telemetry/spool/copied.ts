/** Pieces that are carried away by another way than a push, and wait on. */
import type { Piece } from '../collector.ts';
import type { Portion } from './portion.ts';
import { readSpooled, type SpoolEntry } from './spool-file.ts';

export interface CopiedPiece extends Piece {
  /** Of the spool. */
  readonly file: string;
}

interface Copying extends Pick<Portion, 'maxBytes' | 'maxPieces'> {
  /** Files that were carried away before. */
  readonly besides: ReadonlySet<string>;
}

/** The oldest that fit; of two with one path the first. What cannot be read is left to a push. */
export async function copied(
  folder: string,
  entries: ReadonlyMap<string, SpoolEntry>,
  { maxBytes, maxPieces, besides }: Copying,
): Promise<CopiedPiece[]> {
  const pieces = new Map<string, CopiedPiece>();
  let room = maxBytes;
  for (const entry of [...entries.values()].filter(({ file }) => !besides.has(file))) {
    if (pieces.size >= maxPieces || entry.bytes > room) break;
    const piece = await readSpooled(folder, entry);
    if (piece === undefined || pieces.has(piece.path)) continue;
    pieces.set(piece.path, { ...piece, file: entry.file });
    room -= entry.bytes;
  }
  return [...pieces.values()];
}
