/** How a driver writes entries into its file. */
import type { LogEntry } from '../../runtime/runtime.ts';

/** Takes an entry, and the place behind it in the bytes that were given. */
export type TakeFromFile = (entry: LogEntry, end: number) => void;

export interface LogFormat {
  /**
   * The entries that are whole.
   * @param bytes may be written over in front of the last `tailBytes` of what is done with; what an entry has of them is good
   * until `take` returns
   * @returns bytes that are done with: the rest belongs to an entry that is not whole yet
   * @throws FormatError: this is no file of that driver
   */
  read(bytes: Buffer, take: TakeFromFile): number;
  /** The time of the entry that ends where these bytes end; undefined: none does. */
  timeBefore(bytes: Buffer): string | undefined;
}

export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** No entry has more; the engine cuts lines at 16 KiB, and one driver at 1 MB. */
export const maxEntryBytes = 2 * 1024 * 1024;

/** By so many a place in a file is known again. */
export const tailBytes = 64;
