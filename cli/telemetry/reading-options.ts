/** What the verbs that read telemetry share: their options, what they say beside what they show, and how much they hold. */
import { printable } from '../../core/shown-text.ts';
import type { Piece } from '../../core/telemetry/reading/log-lines.ts';
import type { SegmentPlace } from '../../core/telemetry/record/segment-path.ts';
import type { Reading, ReadingOptions } from './reading.ts';

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

/** Characters that are held: a device that was taken over sends lines of 64 KB by the thousand, and a desk has its memory. */
const mostCharacters = 256 * 1024 * 1024;

/** The newest so many by time, whatever there is. @returns in no order, and how many older ones there were */
export async function newest<Item extends { readonly time: string; readonly record: object }>(
  pieces: AsyncIterable<Piece>,
  itemsOf: (piece: Piece) => readonly Item[],
  { most, characters = mostCharacters }: { readonly most: number; readonly characters?: number },
): Promise<{ kept: Item[]; leftOut: number }> {
  let kept: { readonly item: Item; readonly length: number }[] = [];
  let leftOut = 0;
  let held = 0;
  const cut = () => {
    kept.sort(({ item: a }, { item: b }) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    let from = Math.max(0, kept.length - most);
    held = kept.slice(from).reduce((sum, { length }) => sum + length, 0);
    for (; held > characters && from < kept.length; from += 1) held -= kept[from]?.length ?? 0;
    leftOut += from;
    kept = kept.slice(from);
  };
  for await (const piece of pieces) {
    for (const item of itemsOf(piece)) {
      const length = lengthOf(item.record);
      held += length;
      kept.push({ item, length });
    }
    if (kept.length > 2 * most + 10_000 || held > 2 * characters) cut();
  }
  cut();
  return { kept: kept.map(({ item }) => item), leftOut };
}

/** Of the texts in it; what stands around them is little. */
function lengthOf(record: object): number {
  return Object.values(record).reduce<number>((sum, value: unknown) => {
    if (typeof value === 'string') return sum + value.length;
    return typeof value === 'object' && value !== null ? sum + lengthOf(value) : sum + 8;
  }, 0);
}
