/**
 * telemetry.git, written in process. Pushes that arrive while one batch is being made durable form the next: one pack,
 * one index and one sync of the folders for all of them, then their refs. A push is acknowledged after that.
 */
import { asError } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { readRefs } from '../git/bare-refs.ts';
import { checkPush } from './connectivity.ts';
import { KnownLinks } from './known-links.ts';
import { PackFolder } from './pack-folder.ts';
import { type PackedObject, type PackLimits, readPack } from './pack-reader.ts';
import { type PackFiles, writePack } from './pack-writer.ts';
import { prepareRefs, syncRefs, writeRef } from './ref-writer.ts';
import { type StorableObject, storable, storedBytes } from './storable.ts';

export interface Push {
  readonly ref: string;
  readonly oldId: ObjectId | undefined;
  readonly newId: ObjectId;
  /** The whole pack. */
  readonly pack: Buffer;
  /** Asked of what is new, before anything is written; throws to refuse it. */
  readonly judge?: (objects: readonly PackedObject[]) => Promise<void>;
}

interface Accepted {
  readonly ref: string;
  readonly newId: ObjectId;
  readonly objects: readonly StorableObject[];
  readonly done: (error?: Error) => void;
}

/** Objects of one batch, bytes: more wait for the next. */
const maxBatchBytes = 16 * 1024 * 1024;

interface StoreParts {
  readonly gitDirectory: string;
  readonly limits: PackLimits;
  readonly source: ObjectSource;
  readonly packs: PackFolder;
  readonly refs: Map<string, ObjectId>;
}

export class TelemetryStore {
  readonly #gitDirectory: string;
  readonly #limits: PackLimits;
  readonly #known: KnownLinks;
  readonly #packs: PackFolder;
  readonly #refs: Map<string, ObjectId>;
  /** Refs that a push is changing right now. */
  readonly #busy = new Set<string>();
  #queue: Accepted[] = [];
  #writing: Promise<void> | undefined;
  readonly #listeners = new Set<(ref: string) => void>();
  /** Pushes and packs since the start, for metrics and maintenance. */
  pushes = 0;

  /** @param source of the same repository, for what is not in memory any more. */
  static async open(gitDirectory: string, limits: PackLimits, source: ObjectSource): Promise<TelemetryStore> {
    await prepareRefs(gitDirectory, telemetryRefs);
    const packs = await PackFolder.open(gitDirectory);
    const refs = await readRefs(gitDirectory, telemetryRefs);
    return new TelemetryStore({ gitDirectory, limits, source, packs, refs });
  }

  private constructor({ gitDirectory, limits, source, packs, refs }: StoreParts) {
    this.#gitDirectory = gitDirectory;
    this.#limits = limits;
    this.#known = new KnownLinks(source);
    this.#packs = packs;
    this.#refs = refs;
  }

  tip(ref: string): ObjectId | undefined {
    return this.#refs.get(ref);
  }

  get refs(): ReadonlyMap<string, ObjectId> {
    return this.#refs;
  }

  /** @param listener told of each ref that has moved. @returns a function that ends it */
  onMove(listener: (ref: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Batches written: each is one pack. */
  get batches(): number {
    return this.#packs.count;
  }

  /**
   * Takes a push in. When it resolves, commit and ref survive a power cut.
   * @returns what it takes on the disk, bytes.
   * @throws TowlineError GATEWAY_OLD_ID_STALE, GATEWAY_PACK_REFUSED, GATEWAY_REQUEST_TOO_LARGE; what the disk throws.
   */
  async accept(push: Push): Promise<number> {
    const { ref } = push;
    if (this.#busy.has(ref)) {
      throw new TowlineError('GATEWAY_OLD_ID_STALE', 'another push to this ref is under way');
    }
    this.#busy.add(ref);
    try {
      const tip = this.#refs.get(ref);
      if (tip !== push.oldId) {
        throw new TowlineError('GATEWAY_OLD_ID_STALE', `the ref is at ${tip ?? 'nothing'}`);
      }
      if (push.newId === tip) return 0;
      const oldContent = tip === undefined ? new Map<ObjectId, boolean>() : await this.#known.contentOf(tip);
      const checked = checkPush(await readPack(push.pack, this.#limits), push.newId, tip, oldContent);
      await push.judge?.(checked.objects);
      const objects = await storable(checked.objects);
      await this.#write(ref, push.newId, objects);
      this.#refs.set(ref, push.newId);
      this.pushes += 1;
      for (const listener of [...this.#listeners]) listener(ref);
      for (const [id, links] of checked.links) this.#known.remember(id, links);
      return storedBytes(objects);
    } finally {
      this.#busy.delete(ref);
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #write(ref: string, newId: ObjectId, objects: readonly StorableObject[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => (error === undefined ? resolve() : reject(error));
      this.#queue.push({ ref, newId, objects, done });
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  async #writeAll(): Promise<void> {
    // Those that are decided in this turn of the loop go together.
    await new Promise(resolve => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        await using _kept = await this.#packs.place(packOf(batch));
        await this.#writeRefs(batch);
      } catch (error) {
        const failure = asError(error);
        for (const accepted of batch) accepted.done(failure);
      }
    }
  }

  #takeBatch(): Accepted[] {
    let bytes = 0;
    let count = 0;
    for (const accepted of this.#queue) {
      bytes += accepted.objects.reduce((total, object) => total + object.bytes.length, 0);
      if (count > 0 && bytes > maxBatchBytes) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /** Each ref by itself: one that cannot be written does not hold back the others. */
  async #writeRefs(batch: readonly Accepted[]): Promise<void> {
    const results = await Promise.allSettled(
      batch.map(({ ref, newId }) => writeRef(this.#gitDirectory, ref, newId)),
    );
    const [first] = batch;
    if (first !== undefined) await syncRefs(this.#gitDirectory, first.ref);
    for (const [index, { done }] of batch.entries()) {
      const result = results[index];
      if (result?.status === 'rejected') done(result.reason);
      else done();
    }
  }
}

function packOf(batch: readonly Accepted[]): PackFiles {
  return writePack(
    new Map(batch.flatMap(({ objects }) => objects.map(object => [object.id, object]))).values(),
  );
}
