/** What the verbs that read telemetry share: their options, what they say beside what they show, and how much they hold. */
import { printable } from '../../core/shown-text.ts';
import type { SegmentPlace } from '../../core/telemetry/record/segment-path.ts';
import type { Piece, Reading, ReadingOptions } from './reading.ts';

export interface SharedOptions {
  readonly repo: string;
  readonly telemetry?: string;
  readonly selector?: string;
  readonly since: string;
}

export function readingOptions(
  {
    repo,
    telemetry,
    selector,
    devices,
  }: Omit<SharedOptions, 'since'> & { readonly devices: readonly string[] },
  sinceMs: number,
  wants: (place: SegmentPlace) => boolean,
): ReadingOptions {
  return {
    repo,
    devices,
    sinceMs,
    wants,
    ...(telemetry === undefined ? {} : { telemetry }),
    ...(selector === undefined ? {} : { selector }),
  };
}

/** On standard error: what is shown may go on to a program. */
export function sayAside(words: string): void {
  process.stderr.write(`${printable(words)}\n`);
}

/** What was left out since no key of its device has signed it. */
export function doubtWords({ doubtful }: Reading): string[] {
  return [...doubtful].map(
    ([device, { count, why }]) =>
      `${device}: ${count} ${count === 1 ? 'commit is' : 'commits are'} not its own and left out: ${why}`,
  );
}

/** The newest so many by time, whatever there is. @returns in no order, and how many older ones there were */
export async function newest<Item extends { readonly time: string }>(
  pieces: AsyncIterable<Piece>,
  itemsOf: (piece: Piece) => readonly Item[],
  most: number,
): Promise<{ kept: Item[]; leftOut: number }> {
  let kept: Item[] = [];
  let leftOut = 0;
  const cut = () => {
    if (kept.length <= most) return;
    kept.sort((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0));
    leftOut += kept.length - most;
    kept = kept.slice(-most);
  };
  for await (const piece of pieces) {
    for (const item of itemsOf(piece)) kept.push(item);
    if (kept.length > 2 * most + 10_000) cut();
  }
  cut();
  return { kept, leftOut };
}
