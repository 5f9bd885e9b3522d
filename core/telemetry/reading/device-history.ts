/** What one device has sent, commit by commit: each is checked against the device's key before anything in it is read. */

import type { ObjectId, ObjectSource } from '../../trust/git/object-source.ts';
import { type CommitPiece, commitRecords, openSegment } from '../commit-records.ts';
import { CommitSegments, type TelemetryCommit } from '../commit-segments.ts';
import type { SegmentPlace } from '../record/segment-path.ts';

type Verified = Extract<TelemetryCommit, { kind: 'verified' }>;

/** Commits of one device, from the oldest that was asked for to the newest. */
export interface Stretch {
  readonly device: string;
  readonly tip: ObjectId;
  readonly commits: readonly Verified[];
  /** Not signed by the device's key, or not to be read. */
  readonly doubtful: readonly string[];
  /** The clone ends at this commit, and older ones were asked for. */
  readonly cutAt?: ObjectId;
}

export interface StretchQuestion {
  readonly device: string;
  readonly tip: ObjectId;
  /** The device's SSH key as the fleet has it. */
  readonly sshKey: string | undefined;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Read before: not again, nor what is behind it. */
  readonly known?: ObjectId | undefined;
}

/** A month of a device that sends every ten minutes. */
const mostCommits = 5000;
/** Named in all of them: a device that was taken over names the same thousands in each. */
const mostSegments = 400_000;
/** A clock that was set back makes newer commits look older: so many in a row are older. */
const olderInARow = 4;

export class DeviceHistory {
  readonly #segments: CommitSegments;

  constructor(source: ObjectSource) {
    this.#segments = new CommitSegments(source);
  }

  /** @throws TowlineError TRUST_OBJECT_SOURCE; the signal's reason */
  async stretch(question: StretchQuestion, signal: AbortSignal): Promise<Stretch> {
    const { device, tip, sshKey, sinceMs, known } = question;
    const commits: Verified[] = [];
    const doubtful: string[] = [];
    let [older, segments] = [0, 0];
    let at: ObjectId | undefined = tip;
    let before = tip;
    for (let count = 0; at !== undefined && at !== known && count < mostCommits; count += 1) {
      signal.throwIfAborted();
      const commit = await this.#segments.read(at, sshKey === undefined ? [] : [sshKey]);
      if (commit.kind === 'cut') return { device, tip, commits: commits.reverse(), doubtful, cutAt: before };
      if (commit.kind === 'doubtful') doubtful.push(commit.why);
      else {
        older = commit.timeMs < sinceMs ? older + 1 : 0;
        if (older === olderInARow) break;
        segments += commit.segments.length;
        if (segments > mostSegments) {
          doubtful.push('it names more than a desk reads: a later --since');
          break;
        }
        commits.push(commit);
      }
      before = at;
      const parent = await this.#segments.parent(at);
      at = parent === 'cut' ? undefined : parent;
    }
    return { device, tip, commits: commits.reverse(), doubtful };
  }

  /** @param wants places that are looked at: of no other is anything read */
  async *pieces(
    { commits }: Stretch,
    wants: (place: SegmentPlace) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<CommitPiece> {
    const read = (blob: ObjectId) => this.#segments.segment(blob);
    for (const { segments } of commits) {
      signal.throwIfAborted();
      const wanted = segments.filter(({ place }) => wants(place));
      yield* commitRecords(wanted, segment => openSegment(segment, read));
    }
  }
}
