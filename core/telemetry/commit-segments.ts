/**
 * One telemetry commit as its device has signed it: whose it is, when, and which segments are new in it. The signature comes
 * first: of what no key of the device has signed, nothing but the parent is read.
 */
import { TowlineError } from '../errors.ts';
import { assertHeadersOfWalk, type Commit } from '../trust/git/commit-object.ts';
import { assertObjectId } from '../trust/git/object-hash.ts';
import { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';
import { firstWalk } from '../trust/policy/walk-version.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';
import { readSegmentPath, type SegmentPlace } from './record/segment-path.ts';

export interface CommitSegment {
  readonly place: SegmentPlace;
  readonly blob: ObjectId;
}

export type TelemetryCommit =
  | {
      readonly kind: 'verified';
      /** The key that signed it: the line that was handed in. */
      readonly key: string;
      /** The device's clock, milliseconds since the epoch. */
      readonly timeMs: number;
      readonly message: string;
      /** In the order of git: events, logs by project, service and container, metrics. */
      readonly segments: readonly CommitSegment[];
    }
  /** Unsigned, signed by another key, or not to be read. `why`: for a person. */
  | { readonly kind: 'doubtful'; readonly why: string }
  /** The repository does not hold it (any more). */
  | { readonly kind: 'cut' };

/** What one commit may hold; the gateway takes no push with more objects. */
const limits = {
  maxCommitBytes: 64 * 1024,
  maxTreeBytes: 1024 * 1024,
  maxObjects: 2000,
  maxDepth: 4,
} as const;
/** One segment as it lies in git; an agent's has 64 KiB. */
const maxPackedBytes = 4 * 1024 * 1024;
/** Rings of devices that are kept: reading a key costs as much as checking a signature. */
const keptRings = 1024;

export class CommitSegments {
  readonly #source: ObjectSource;
  readonly #rings = new Map<string, KeyRing>();

  /** @param source objects of telemetry.git, or of a clone of it */
  constructor(source: ObjectSource) {
    this.#source = source;
  }

  /**
   * The first parent of a commit, whoever has signed it; undefined: it is the first of its branch.
   * @returns `cut` where the repository does not hold the commit (any more)
   * @throws TowlineError TRUST_OBJECT_SOURCE; what the commit holds never throws
   */
  async parent(id: ObjectId): Promise<ObjectId | 'cut' | undefined> {
    try {
      return (await new ObjectReader(this.#source, limits).parents(id))[0];
    } catch (error) {
      if (!isOfContent(error)) throw error;
      return error.code === 'TRUST_OBJECT_MISSING' ? 'cut' : undefined;
    }
  }

  /** When a commit says that it was made, milliseconds since the epoch, whoever has signed it. */
  async timeOf(id: ObjectId): Promise<number | undefined> {
    try {
      return (await new ObjectReader(this.#source, limits).commit(id)).committer.timeSec * 1000;
    } catch (error) {
      if (isOfContent(error)) return undefined;
      throw error;
    }
  }

  /**
   * @param keys SSH keys of the device, lines of a public key file
   * @throws TowlineError TRUST_OBJECT_SOURCE; what the commit holds never throws
   */
  async read(id: ObjectId, keys: readonly string[]): Promise<TelemetryCommit> {
    const reader = new ObjectReader(this.#source, limits);
    try {
      const commit = await reader.commit(id);
      // No agent writes any.
      assertHeadersOfWalk(commit, firstWalk);
      const key = this.#signer(commit, keys);
      if ('why' in key) return { kind: 'doubtful', ...key };
      const segments: CommitSegment[] = [];
      for await (const { path, id: blob } of reader.list(id, '')) {
        const place = readSegmentPath(path);
        if (place !== undefined) segments.push({ place, blob });
      }
      const { committer, message } = commit;
      return { kind: 'verified', key: key.line, timeMs: committer.timeSec * 1000, message, segments };
    } catch (error) {
      if (!isOfContent(error)) throw error;
      const isCut = error.code === 'TRUST_OBJECT_MISSING' && error.details.id === id;
      return isCut ? { kind: 'cut' } : { kind: 'doubtful', why: error.message };
    }
  }

  /** Bytes of one segment, still packed. @throws TowlineError TELEMETRY_SEGMENT, TRUST_OBJECT_SOURCE */
  async segment(blob: ObjectId): Promise<Uint8Array> {
    try {
      const object = await this.#source.read(blob, maxPackedBytes);
      if (object?.type !== 'blob') throw new TowlineError('TELEMETRY_SEGMENT', `${blob} is no file here`);
      assertObjectId(object, blob);
      return object.bytes;
    } catch (error) {
      if (!isOfContent(error)) throw error;
      throw new TowlineError('TELEMETRY_SEGMENT', error.message, { cause: error });
    }
  }

  #signer({ signature }: Commit, keys: readonly string[]): { line: string } | { why: string } {
    if (signature === undefined) return { why: 'not signed' };
    let why = 'the device has no keys in the fleet';
    for (const line of keys) {
      const evidence = checkSshSignature(signature.armored, signature.payload, this.#ring(line), 'git');
      if (evidence.sound) return { line };
      why = evidence.message;
    }
    return { why };
  }

  #ring(line: string): KeyRing {
    const known = this.#rings.get(line);
    if (known !== undefined) return known;
    const ring = new KeyRing([{ principal: 'device', key: readSshPublicKey(line) }]);
    if (this.#rings.size >= keptRings) this.#rings.clear();
    this.#rings.set(line, ring);
    return ring;
  }
}

/** Of what is stored, and not of the store. */
function isOfContent(error: unknown): error is TowlineError {
  return (
    error instanceof TowlineError &&
    error.code !== 'TRUST_OBJECT_SOURCE' &&
    error.code !== 'GIT_PARTIAL_CLONE'
  );
}
