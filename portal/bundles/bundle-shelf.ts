/**
 * Bundles that are made for who looks at the page: each a file that is written once, so that its digest is known before it is
 * fetched, and that is gone after a while. One of a person is made at a time.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { Bundle } from '../api/types.generated.ts';
import type { SessionViewer } from '../terminal/terminal-home.ts';
import { writeBundle } from './bundle-file.ts';
import type { BundleHome, BundleWish } from './bundle-home.ts';

export interface BundleShelfOptions {
  readonly home: BundleHome;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** After it was last asked for, milliseconds. */
const keptMs = 60 * 60_000;
const sweepMs = 5 * 60_000;
/** That lie there, of one person and of all. */
const most = { ofOne: 3, inAll: 12 } as const;
const idBytes = 16;
const pieceBytes = 256 * 1024;

interface Kept {
  readonly id: string;
  readonly device: string;
  readonly viewer: SessionViewer;
  readonly file: string;
  readonly stop: AbortController;
  state: Bundle['state'];
  bytes: number;
  totalBytes: number | undefined;
  sha256: string | undefined;
  notes: readonly string[];
  why: string | undefined;
  touchedMs: number;
}

export class BundleShelf implements AsyncDisposable {
  readonly #options: BundleShelfOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #work = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #folder: Promise<string> | undefined;

  constructor(options: BundleShelfOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#follow(this.#sweep()), sweepMs).unref();
  }

  /** It is made from now on. @throws TowlineError PORTAL_BUSY; as the home's `judge` */
  async begin(viewer: SessionViewer, wish: BundleWish): Promise<Bundle> {
    await this.#options.home.judge(viewer, wish.device);
    await this.#sweep(viewer.name);
    const folder = await this.#place();
    // From here on without a pause: who asks twice at once is counted twice.
    this.#assertRoom(viewer);
    const id = randomBytes(idBytes).toString('base64url');
    const kept: Kept = {
      ...{ id, device: wish.device, viewer, stop: new AbortController(), state: 'making', bytes: 0 },
      file: path.join(folder, id),
      ...{ totalBytes: undefined, sha256: undefined, notes: [], why: undefined },
      touchedMs: this.#options.clock.monotonic(),
    };
    this.#kept.set(id, kept);
    this.#follow(this.#make(kept, wish));
    return shown(kept);
  }

  /** @throws TowlineError PORTAL_NOT_FOUND */
  find(viewer: SessionViewer, id: string): Bundle {
    return shown(this.#own(viewer, id));
  }

  /** @throws TowlineError PORTAL_NOT_FOUND; as the home's `judge`, now */
  async file(
    viewer: SessionViewer,
    id: string,
  ): Promise<{ readonly content: Readable; readonly name: string; readonly bytes: number }> {
    const kept = this.#own(viewer, id);
    await this.#options.home.judge(viewer, kept.device);
    if (kept.state !== 'ready') throw notThere();
    return { content: Readable.from(this.#pieces(kept)), name: nameOf(kept), bytes: kept.bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const { stop } of this.#kept.values()) stop.abort(closing());
    await Promise.all(this.#work);
    this.#kept.clear();
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  /** Its end is waited for when all of it ends; what a disk does not do now, it does the next time. */
  #follow(doing: Promise<void>): void {
    const work = doing.catch(() => undefined).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #make(kept: Kept, wish: BundleWish): Promise<void> {
    const { viewer, stop } = kept;
    const signal = AbortSignal.any([stop.signal, viewer.signal]);
    try {
      await using made = await this.#options.home.make(viewer, wish, signal);
      kept.totalBytes = made.bytes;
      kept.notes = made.notes;
      const written = (bytes: number) => {
        kept.bytes = bytes;
      };
      kept.sha256 = await writeBundle(kept.file, { made, written }, signal);
      kept.state = 'ready';
    } catch (error) {
      await rm(kept.file, { force: true });
      kept.state = 'failed';
      kept.why = whyOf(signal.aborted ? signal.reason : error);
    }
    kept.touchedMs = this.#options.clock.monotonic();
  }

  /** As long as they may: asked anew for each piece. */
  async *#pieces({ file, viewer, device }: Kept): AsyncGenerator<Buffer> {
    const pieces: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: pieceBytes });
    for await (const piece of pieces) {
      await this.#options.home.judge(viewer, device);
      yield piece;
    }
  }

  #own(viewer: SessionViewer, id: string): Kept {
    const kept = this.#kept.get(id);
    // One answer for one that is another’s, is gone, or never was.
    if (kept === undefined || kept.viewer.name !== viewer.name) throw notThere();
    kept.touchedMs = this.#options.clock.monotonic();
    return kept;
  }

  #assertRoom({ name }: SessionViewer): void {
    const own = [...this.#kept.values()].filter(({ viewer }) => viewer.name === name);
    const isMaking = own.some(({ state }) => state === 'making');
    if (isMaking || (this.#kept.size >= most.inAll && !this.#makeRoom()))
      throw new TowlineError(
        'PORTAL_BUSY',
        isMaking ? 'a bundle is made already' : 'as many bundles as may lie here',
        {
          details: { retryAfterSec: 10 },
        },
      );
  }

  /** The oldest of who has most gives way: some who ask for as many as they may keep nobody out. @returns whether one did */
  #makeRoom(): boolean {
    const done = [...this.#kept.values()].filter(({ state }) => state !== 'making');
    const byPerson = [...Map.groupBy(done, ({ viewer }) => viewer.name).values()];
    const [oldest] = byPerson.toSorted((one, other) => other.length - one.length)[0] ?? [];
    if (oldest === undefined) return false;
    this.#kept.delete(oldest.id);
    // Who is fetching it now still gets all of it.
    this.#follow(rm(oldest.file, { force: true }));
    return true;
  }

  /** Old ones go, and of who asks for another the oldest. */
  async #sweep(who?: string): Promise<void> {
    const now = this.#options.clock.monotonic();
    const done = [...this.#kept.values()].filter(({ state }) => state !== 'making');
    const tooMany = done.filter(({ viewer }) => viewer.name === who).slice(0, -(most.ofOne - 1));
    for (const kept of done) {
      if (now - kept.touchedMs < keptMs && !tooMany.includes(kept)) continue;
      this.#kept.delete(kept.id);
      await rm(kept.file, { force: true });
    }
  }

  #place(): Promise<string> {
    this.#folder ??= mkdtemp(path.join(this.#options.home.folder, 'towline-bundles-'));
    return this.#folder;
  }
}

function whyOf(error: unknown): string {
  if (isDiskFull(error)) return 'BUNDLE_NO_ROOM the disk is full';
  return isTowlineError(error) ? `${error.code} ${error.message}` : messageOf(error);
}

const nameOf = ({ device }: Kept): string => `${device}.tlb`;

function shown(kept: Kept): Bundle {
  const { id, device, state, bytes, totalBytes, sha256, why, notes } = kept;
  return {
    ...{ id, device, state, bytes, name: nameOf(kept), notes: [...notes] },
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(why === undefined ? {} : { why }),
  };
}

const notThere = () => new TowlineError('PORTAL_NOT_FOUND', 'there is no such bundle');
const closing = () => new TowlineError('PORTAL_CLOSING', 'the portal ends');
