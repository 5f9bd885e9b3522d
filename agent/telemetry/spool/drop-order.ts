/** What goes where room is short: of the least class the oldest first. Pure. */
import { segmentClasses } from '../../../core/telemetry/record/segment-path.ts';
import { diskBytes, type SpoolEntry } from './spool-file.ts';

/**
 * @param entries in the order in which they came @param kept not these
 * @returns those that go so that so many bytes of the disk are free
 */
export function surplus(
  entries: Iterable<SpoolEntry>,
  kept: ReadonlySet<SpoolEntry>,
  bytes: number,
): SpoolEntry[] {
  const all = [...entries].filter(entry => !kept.has(entry));
  const going: SpoolEntry[] = [];
  let left = bytes;
  for (const kind of segmentClasses) {
    for (const entry of all) {
      if (left <= 0) return going;
      if (entry.class !== kind) continue;
      going.push(entry);
      left -= diskBytes(entry);
    }
  }
  return going;
}
