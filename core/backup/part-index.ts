/** How the frame and the pieces of a part follow each other: a line for each piece, `bytes of frame before it, bytes of it`. */
import { TowlineError } from '../errors.ts';

export interface PartEntry {
  readonly frameBytes: number;
  /** 0: no piece comes after it. */
  readonly pieceBytes: number;
}

/** Of an index, bytes. */
export const maxIndexBytes = 16 * 1024 * 1024;

/** Of a part, in order from 0. */
export const pieceName = (number: number): string => String(number).padStart(6, '0');

export const indexLine = ({ frameBytes, pieceBytes }: PartEntry): string => `${frameBytes} ${pieceBytes}\n`;

/** @throws TowlineError BACKUP_STORE_DAMAGED */
export function parsePartIndex(text: string): PartEntry[] {
  const lines = text.split('\n');
  const isWhole = lines.pop() === '' && lines.every(line => /^\d{1,15} \d{1,15}$/.test(line));
  if (!isWhole)
    throw new TowlineError('BACKUP_STORE_DAMAGED', 'the index of a part is not what a device writes');
  return lines.map(line => {
    const [frameBytes, pieceBytes] = line.split(' ').map(Number);
    return { frameBytes: frameBytes ?? 0, pieceBytes: pieceBytes ?? 0 };
  });
}
