/**
 * How a piece that waits lies on the disk. Its name says all that is needed to count and to drop it, so that thousands are
 * known by one look at the folder; its path stands in the file, since names of projects and services may be as long as a name.
 */
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { fieldsOf, readFields } from '../../../core/json.ts';
import {
  readSegmentPath,
  type SegmentClass,
  segmentClasses,
} from '../../../core/telemetry/record/segment-path.ts';
import type { Piece } from '../collector.ts';
import { readPlain } from './set-aside.ts';

export interface SpoolEntry {
  readonly file: string;
  /** In the order in which they came. */
  readonly number: number;
  readonly class: SegmentClass;
  readonly records: number;
  /** Of the file. */
  readonly bytes: number;
  /** CRC-32 of the file, hexadecimal. */
  readonly checksum: string;
}

/** `<number>-<class>-<records>-<bytes>-<checksum>`. */
const fileName = /^(\d{12})-([a-z]+)-(\d{1,9})-(\d{1,9})-([0-9a-f]{8})$/;
/** No spool comes to it: behind one of somebody else's no number would be left. */
const largestNumber = 9e11;
const blockBytes = 4096;
const longestHead = 4096;

export function spoolFile(number: number, piece: Piece, nowMs: number): { entry: SpoolEntry; bytes: Buffer } {
  const { path, reached } = piece;
  const head = `${JSON.stringify({ path, spooledMs: nowMs, reached })}\n`;
  const bytes = Buffer.concat([Buffer.from(head), piece.bytes]);
  const checksum = checksumOf(bytes);
  const { class: kind, records } = piece;
  const file = [String(number).padStart(12, '0'), kind, records, bytes.length, checksum].join('-');
  return { entry: { file, number, class: kind, records, bytes: bytes.length, checksum }, bytes };
}

/** @returns undefined: no file of ours */
export function readSpoolName(file: string): SpoolEntry | undefined {
  const [, number, word, records, bytes, checksum] = fileName.exec(file) ?? [];
  const kind = segmentClasses.find(known => known === word);
  if (kind === undefined || checksum === undefined || Number(number) > largestNumber) return undefined;
  const counts = { number: Number(number), records: Number(records), bytes: Number(bytes) };
  return { file, class: kind, ...counts, checksum };
}

export interface SpooledPiece extends Piece {
  /** When it came, milliseconds since the epoch: what the clock said then. */
  readonly spooledMs: number;
}

/** @returns undefined: it is not what was written */
export function readSpoolFile(entry: SpoolEntry, bytes: Buffer): SpooledPiece | undefined {
  if (bytes.length !== entry.bytes || checksumOf(bytes) !== entry.checksum) return undefined;
  const end = bytes.subarray(0, longestHead).indexOf('\n');
  if (end === -1) return undefined;
  try {
    const { path, spooledMs, reached } = readFields(bytes.toString('utf8', 0, end));
    if (typeof path !== 'string' || typeof spooledMs !== 'number') return undefined;
    if (readSegmentPath(path) === undefined) return undefined;
    const { class: kind, records } = entry;
    const { container, position } = fieldsOf(reached);
    const said = typeof container === 'string' ? { reached: { container, position } } : {};
    return { path, class: kind, records, bytes: bytes.subarray(end + 1), spooledMs, ...said };
  } catch {
    return undefined;
  }
}

/** @returns undefined: it is not there, or not what was written */
export async function readSpooled(folder: string, entry: SpoolEntry): Promise<SpooledPiece | undefined> {
  const bytes = await readPlain(path.join(folder, entry.file), entry.bytes);
  return bytes === undefined ? undefined : readSpoolFile(entry, bytes);
}

/** What it takes of the disk, bytes. */
export function diskBytes({ bytes }: Pick<SpoolEntry, 'bytes'>): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function checksumOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
