/** What a device said over time: its branch, commit by commit; what says the same as the one before is no news. */
import { type SaidWords, saidWords } from '../../../core/status/device-words.ts';
import { CommitSegments } from '../../../core/telemetry/commit-segments.ts';
import { readDeviceReport } from '../../../core/telemetry/device-report.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { TimelineEntry } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import type { PlacedEntry, Stretch } from './placed-entry.ts';

/** Commits of its branch that are looked at for one page. */
const mostRead = 300;

interface Said {
  readonly words: SaidWords;
  readonly at: ObjectId;
}

/** @throws TowlineError TRUST_OBJECT_SOURCE; the signal's reason */
export async function saidEntries(
  { seen, home }: Model,
  device: string,
  { from, limit }: { readonly from: ObjectId | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<Stretch> {
  const { objects: source } = home.telemetry;
  const sshKey = seen.fleet.devices.get(device)?.value.keys?.ssh;
  const question = { source, device, fleet: seen.fleet.name, sshKey };
  const parents = new CommitSegments(source);
  const entries: PlacedEntry[] = [];
  let at = from;
  let newer: Said | undefined;
  let isCut = false;
  for (let read = 0; at !== undefined && read < mostRead && entries.length < limit; read += 1) {
    signal.throwIfAborted();
    const report = await readDeviceReport({ ...question, tip: at });
    if (report.kind === 'said') {
      const words = saidWords(report.status);
      if (newer !== undefined && !isSame(newer.words, words)) entries.push(placed(newer));
      newer = { words, at };
    }
    const parent = await parents.parent(at);
    isCut = parent === 'cut';
    at = parent === 'cut' ? undefined : parent;
  }
  // The oldest of what says the same is the one that was news.
  const isFull = entries.length >= limit;
  if (newer !== undefined && !isFull) entries.push(placed(newer));
  return { entries, next: isFull ? newer?.at : at, isCut };
}

const isSame = (one: SaidWords, other: SaidWords): boolean =>
  one.outcome === other.outcome &&
  one.trusted === other.trusted &&
  one.runs === other.runs &&
  one.why === other.why &&
  one.tunnel === other.tunnel;

function placed({ words, at }: Said): PlacedEntry {
  const { reported, outcome, trusted, runs, why } = words;
  const time = Date.parse(reported);
  const said = [runs, why].filter(Boolean).join(' – ');
  const entry: TimelineEntry = {
    ...{ kind: 'status', commit: at, outcome, trusted },
    time: Number.isFinite(time) ? timeWord(time) : timeWord(0),
    ...(said === '' ? {} : { words: said }),
  };
  return { entry, at };
}
