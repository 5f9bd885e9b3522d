/** A rollout along main's own line: when each open stage was opened, and which commits are at that one or later. */
import { maxYamlBytes } from '../fleet/limits.ts';
import { readFleetFile } from '../fleet/read-file.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

export interface OpenedStage {
  readonly commit: ObjectId;
  /** As the file says, milliseconds since the epoch. */
  readonly sinceMs: number;
}

export interface RolloutLine {
  /** Those that are open, in order, as they were opened for this very `to`. */
  readonly stages: readonly OpenedStage[];
  /** Whether a commit is that of the stage, or one after it. @param stage from 1 */
  isAtOrAfter(commit: ObjectId, stage: number): boolean;
  /** When a commit that is at the first stage or later was made, milliseconds since the epoch. */
  timeMsOf(commit: ObjectId): number | undefined;
}

export interface LineQuestion {
  readonly reader: ObjectReader;
  readonly head: ObjectId;
  /** Of the rollout, as it stands at the head. */
  readonly file: CheckedFile<'rollout'>;
}

/** A rollout that is older than so many commits of main began there. */
const maxLine = 100_000;

interface Place {
  /** First parents from the head to there. */
  readonly depth: number;
  readonly timeMs: number;
}

/**
 * Back from the head for as long as a stage is open for the same release: what was counted for another, or before it was
 * taken back, counts no more.
 * @throws TowlineError when an object is missing or malformed; the signal's reason
 */
export async function rolloutLine(
  { reader: first, head, file }: LineQuestion,
  signal: AbortSignal,
): Promise<RolloutLine> {
  const places = new Map<ObjectId, Place>();
  const opened: OpenedStage[] = [];
  const read = new Map<ObjectId, CheckedFile<'rollout'> | undefined>();
  let reader = first;
  let open = file.value.aborted === true ? 0 : file.value.stage;
  let commit: ObjectId | undefined = head;
  for (let depth = 0; commit !== undefined && open > 0 && depth < maxLine; depth += 1) {
    signal.throwIfAborted();
    if (depth % 1000 === 999) reader = reader.renewed();
    const { parents, committer } = await reader.commit(commit);
    const version = await versionAt(reader, commit, { path: file.path, read });
    open = Math.min(open, version === undefined ? 0 : openIn(version, file));
    places.set(commit, { depth, timeMs: committer.timeSec * 1000 });
    const { since = '' } = version?.value ?? {};
    // The one before may have had it open as well: then it is written over.
    for (let stage = 1; stage <= open; stage += 1)
      opened[stage - 1] = { commit, sinceMs: Date.parse(since) || 0 };
    commit = parents[0];
  }
  return new Line(opened, places);
}

/** How many stages a version of the file has open for what the newest brings. */
function openIn({ value }: CheckedFile<'rollout'>, { value: { to } }: CheckedFile<'rollout'>): number {
  return value.aborted === true || value.to !== to ? 0 : value.stage;
}

async function versionAt(
  reader: ObjectReader,
  commit: ObjectId,
  { path, read }: { path: string; read: Map<ObjectId, CheckedFile<'rollout'> | undefined> },
): Promise<CheckedFile<'rollout'> | undefined> {
  const entry = await reader.entryAt(commit, path);
  if (entry === undefined || entry.mode === '040000') return undefined;
  if (!read.has(entry.id)) {
    const bytes = await reader.blob(entry.id, maxYamlBytes);
    read.set(entry.id, readFleetFile('rollout', path, bytes).file);
  }
  return read.get(entry.id);
}

class Line implements RolloutLine {
  readonly stages: readonly OpenedStage[];
  readonly #places: ReadonlyMap<ObjectId, Place>;
  readonly #depths: readonly number[];

  constructor(stages: readonly OpenedStage[], places: ReadonlyMap<ObjectId, Place>) {
    this.stages = stages;
    this.#places = places;
    this.#depths = stages.map(({ commit }) => places.get(commit)?.depth ?? -1);
  }

  isAtOrAfter(commit: ObjectId, stage: number): boolean {
    const place = this.#places.get(commit);
    return place !== undefined && place.depth <= (this.#depths[stage - 1] ?? -1);
  }

  timeMsOf(commit: ObjectId): number | undefined {
    return this.#places.get(commit)?.timeMs;
  }
}
