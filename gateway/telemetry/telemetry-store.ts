/**
 * telemetry.git, written in process. Pushes that arrive while one batch is being made durable form the next: one pack,
 * one index and one sync of the folders for all of them, then their refs. A push is acknowledged after that.
 */
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { syncFolder } from '../../core/io/durable-file.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/object-source.ts';
import { readRefs } from '../git/bare-refs.ts';
import { checkPush } from './connectivity.ts';
import { KnownLinks } from './known-links.ts';
import { type PackedObject, type PackLimits, readPack } from './pack-reader.ts';
import { writePack } from './pack-writer.ts';
import { prepareRefs, syncRefs, writeRef } from './ref-writer.ts';

export interface Push {
  readonly ref: string;
  readonly oldId: ObjectId | undefined;
  readonly newId: ObjectId;
  /** The whole pack. */
  readonly pack: Buffer;
}

interface Accepted {
  readonly ref: string;
  readonly newId: ObjectId;
  readonly objects: readonly PackedObject[];
  readonly done: (error?: Error) => void;
}

const refFolder = 'refs/heads/telemetry/';
/** Never ends in .pack or .idx: git would take it for one. */
const temporaryPrefix = 'tmp_towline_';
/** Objects of one batch, bytes: more wait for the next. */
const maxBatchBytes = 16 * 1024 * 1024;

export class TelemetryStore {
  readonly #gitDirectory: string;
  readonly #limits: PackLimits;
  readonly #known: KnownLinks;
  readonly #refs: Map<string, ObjectId>;
  /** Refs that a push is changing right now. */
  readonly #busy = new Set<string>();
  #queue: Accepted[] = [];
  #writing: Promise<void> | undefined;
  #batches = 0;
  /** Pushes and packs since the start, for metrics and maintenance. */
  pushes = 0;

  /** @param source of the same repository, for what is not in memory any more. */
  static async open(gitDirectory: string, limits: PackLimits, source: ObjectSource): Promise<TelemetryStore> {
    await prepareRefs(gitDirectory, refFolder);
    const packs = join(gitDirectory, 'objects', 'pack');
    await mkdir(packs, { recursive: true });
    for (const name of await readdir(packs)) {
      if (name.startsWith(temporaryPrefix)) await unlink(join(packs, name));
    }
    return new TelemetryStore(gitDirectory, limits, source, await readRefs(gitDirectory, refFolder));
  }

  private constructor(
    gitDirectory: string,
    limits: PackLimits,
    source: ObjectSource,
    refs: Map<string, ObjectId>,
  ) {
    this.#gitDirectory = gitDirectory;
    this.#limits = limits;
    this.#known = new KnownLinks(source);
    this.#refs = refs;
  }

  tip(ref: string): ObjectId | undefined {
    return this.#refs.get(ref);
  }

  get refs(): ReadonlyMap<string, ObjectId> {
    return this.#refs;
  }

  /** Batches written: each is one pack. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Takes a push in. When it resolves, commit and ref survive a power cut.
   * @throws TowlineError GATEWAY_OLD_ID_STALE, GATEWAY_PACK_REFUSED, GATEWAY_REQUEST_TOO_LARGE; what the disk throws.
   */
  async accept(push: Push): Promise<void> {
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
      if (push.newId === tip) return;
      const oldContent = tip === undefined ? new Map<ObjectId, boolean>() : await this.#known.contentOf(tip);
      const checked = checkPush(readPack(push.pack, this.#limits), push.newId, tip, oldContent);
      await this.#write(ref, push.newId, checked.objects);
      this.#refs.set(ref, push.newId);
      this.pushes += 1;
      for (const [id, links] of checked.links) this.#known.remember(id, links);
    } finally {
      this.#busy.delete(ref);
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #write(ref: string, newId: ObjectId, objects: readonly PackedObject[]): Promise<void> {
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
        await this.#writeObjects(batch);
        await this.#writeRefs(batch);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
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

  async #writeObjects(batch: readonly Accepted[]): Promise<void> {
    const objects = new Map(batch.flatMap(({ objects }) => objects.map(object => [object.id, object])));
    const { name, pack, index } = writePack(objects.values());
    const folder = join(this.#gitDirectory, 'objects', 'pack');
    this.#batches += 1;
    const temporary = join(folder, `${temporaryPrefix}${this.#batches}`);
    try {
      await Promise.all([writeSynced(`${temporary}_pack`, pack), writeSynced(`${temporary}_idx`, index)]);
      // git finds a pack by its index: the pack must be there first.
      await rename(`${temporary}_pack`, join(folder, `pack-${name}.pack`));
      await rename(`${temporary}_idx`, join(folder, `pack-${name}.idx`));
    } catch (error) {
      for (const kind of ['pack', 'idx']) await unlink(`${temporary}_${kind}`).catch(() => undefined);
      throw error;
    }
    await syncFolder(folder);
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

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o444);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
