/** Commits that made a device what it is to be: what each changed for it, and who has signed it. */
import { loadDevice } from '../fleet/load-device.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { deviceChanges } from './device-changes.ts';
import { AppContents, deviceFacts } from './device-facts.ts';
import { type CommitWord, LineReader } from './line-reader.ts';
import type { ValueChange } from './value-changes.ts';

export interface HistoryEntry {
  readonly word: CommitWord;
  readonly changes: readonly ValueChange[];
}

export interface HistoryQuestion {
  readonly reader: ObjectReader;
  readonly device: string;
  /** Of main's line, those that touched what decides over it, the newest first: between two of them all is the same. */
  readonly commits: readonly ObjectId[];
  /** There may be older ones: of the last one is not known what was before. */
  readonly isCut: boolean;
}

/** The newest first. @throws TowlineError what the reader throws; the signal's reason */
export async function* changesOf(
  { reader, device, commits, isCut }: HistoryQuestion,
  signal: AbortSignal,
): AsyncGenerator<HistoryEntry> {
  const line = new LineReader(reader);
  const factsAt = async (commit: ObjectId | undefined): Promise<object | undefined> => {
    const layers =
      commit === undefined ? undefined : (await loadDevice({ reader, commit, id: device })).layers;
    return layers === undefined || commit === undefined
      ? undefined
      : await deviceFacts(layers, new AppContents(reader, commit));
  };
  let after = await factsAt(commits[0]);
  for (const [at, commit] of commits.entries()) {
    signal.throwIfAborted();
    if (isCut && at + 1 === commits.length) return;
    const before = await factsAt(commits[at + 1]);
    const changes = deviceChanges(before, after);
    after = before;
    if (changes.length > 0) yield { word: await line.word(commit), changes };
  }
}
