/**
 * What waits to be pushed: durable, bounded by what it takes of the disk. Where room is short the least class goes first, and
 * of it the oldest; what goes is counted.
 */
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../../core/io/clock.ts';
import { syncFolder, writeDurably } from '../../../core/io/file/durable-file.ts';
import { isLogClass } from '../../../core/telemetry/record/segment-path.ts';
import type { Piece, Reached, Spool } from '../collector.ts';
import { type CopiedPiece, copied } from './copied.ts';
import { surplus } from './drop-order.ts';
import { foundEntries } from './found-entries.ts';
import { type Dropped, Losses } from './losses.ts';
import type { Portion, Taken, Waiting } from './portion.ts';
import { setAside } from './set-aside.ts';
import { diskBytes, readSpooled, type SpoolEntry, spoolFile } from './spool-file.ts';

export interface SpoolOptions {
  /** `<stateDirectory>/telemetry`. */
  readonly folder: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Room that is made at once, of the bound: dropping is written down each time. */
const roomMade = 1 / 16;
/** Until a commit has said how much may wait. */
const firstBound = 50 * 1024 * 1024;

export class DiskSpool implements Spool {
  readonly #folder: string;
  readonly #aside: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #losses: Losses;
  readonly #entries = new Map<string, SpoolEntry>();
  /** In a commit that is on its way: not dropped meanwhile. */
  #taken: readonly SpoolEntry[] = [];
  #number: number;
  #maxBytes = firstBound;
  #diskBytes = 0;
  #bytes = 0;
  #heard: { put(): void; urgent(): void } = { put() {}, urgent() {} };
  #keep: () => Promise<void> = async () => undefined;

  private constructor({ folder, clock }: SpoolOptions, losses: Losses, entries: readonly SpoolEntry[]) {
    this.#folder = path.join(folder, 'spool');
    this.#aside = path.join(folder, 'set-aside');
    this.#clock = clock;
    this.#losses = losses;
    for (const entry of entries) this.#hold(entry);
    this.#number = (entries.at(-1)?.number ?? 0) + 1;
  }

  static async open(options: SpoolOptions): Promise<DiskSpool> {
    const losses = await Losses.open(path.join(options.folder, 'losses'));
    const entries = await foundEntries(options.folder);
    return new DiskSpool(options, losses, entries);
  }

  get waiting(): Waiting {
    return { pieces: this.#entries.size, bytes: this.#bytes };
  }

  /** Who is told that something came, and that something is worth a push at once. */
  hear(heard: { put(): void; urgent(): void }): void {
    this.#heard = heard;
  }

  urgent(): void {
    this.#heard.urgent();
  }

  beforeLeaving(keep: () => Promise<void>): void {
    this.#keep = keep;
  }

  async *reached(): AsyncGenerator<Reached> {
    for (const entry of [...this.#entries.values()].reverse()) {
      const piece = isLogClass(entry.class) ? await readSpooled(this.#folder, entry) : undefined;
      if (piece?.reached !== undefined) yield piece.reached;
    }
  }

  async put(piece: Piece): Promise<void> {
    const { entry, bytes } = spoolFile(this.#number++, piece, this.#clock.now());
    await writeDurably(path.join(this.#folder, entry.file), bytes);
    this.#hold(entry);
    await this.#keepWithin(this.#maxBytes);
    this.#heard.put();
  }

  /** What may wait from now on, bytes of the disk. */
  async bound(maxBytes: number): Promise<void> {
    this.#maxBytes = maxBytes;
    await this.#keepWithin(maxBytes);
  }

  /**
   * For one commit, until `end`. One at a time.
   * @param saysLost the commit's status says what was dropped, besides the gaps among its segments
   */
  async take({ maxBytes, maxPieces, first }: Portion, saysLost: boolean): Promise<Taken> {
    // One that a gateway may not take goes by itself: else nobody would know which one it was.
    const hasGaps = maxPieces > 1 || (maxPieces === 1 && this.#entries.size === 0);
    const lost = this.#losses.begin({ counts: saysLost, gaps: hasGaps });
    const pieces = new Map<string, Piece>(this.#losses.gaps(this.#clock.now()).map(gap => [gap.path, gap]));
    const taken: SpoolEntry[] = [];
    const entries = [...this.#entries.values()];
    // A disk that takes nothing holds up no push: after a crash more is read again.
    await this.#keep().catch(() => undefined);
    if (first === 'newest') entries.reverse();
    // From now on: what is put meanwhile drops none of these.
    this.#taken = taken;
    let room = maxBytes;
    for (const entry of entries) {
      if (taken.length >= maxPieces) break;
      if (entry.bytes > room) {
        // One that no day has room for does not keep smaller ones waiting.
        if (taken.length === 0) continue;
        break;
      }
      const piece = await readSpooled(this.#folder, entry);
      // Dropped meanwhile, and counted.
      if (!this.#entries.has(entry.file)) continue;
      if (piece === undefined) {
        await this.#setAside(entry);
        continue;
      }
      // Of two that a crash has made of the same lines one goes with the next commit: a tree has one file of a name.
      if (pieces.has(piece.path)) continue;
      pieces.set(piece.path, piece);
      taken.push(entry);
      room -= entry.bytes;
    }
    return { pieces: [...pieces.values()], lost };
  }

  /** The oldest besides these files: they wait on. */
  copy(
    portion: Pick<Portion, 'maxBytes' | 'maxPieces'>,
    besides: ReadonlySet<string>,
  ): Promise<CopiedPiece[]> {
    return copied(this.#folder, this.#entries, { ...portion, besides });
  }

  /** The gateway has them by another way. */
  async forget(files: ReadonlySet<string>): Promise<void> {
    const gone = [...files].flatMap(file => this.#entries.get(file) ?? []);
    for (const entry of gone) this.#release(entry);
    await this.#remove(gone);
  }

  /** @param heard the gateway has taken in what was taken: it need not be kept any more. */
  async end(heard: boolean): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    // At once: what is put before they are off the disk would count them as dropped, or be dropped for them.
    if (heard) for (const entry of taken) this.#release(entry);
    await this.#losses.end(heard);
    if (!heard) await this.#keepWithin(this.#maxBytes);
    else await this.#remove(taken);
  }

  /** What was taken is refused for what it is, and would be again: it makes way. */
  async refuse(): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    await this.#losses.end(false);
    for (const entry of taken) await this.#setAside(entry);
  }

  #hold(entry: SpoolEntry): void {
    this.#entries.set(entry.file, entry);
    this.#bytes += entry.bytes;
    this.#diskBytes += diskBytes(entry);
  }

  #release(entry: SpoolEntry): void {
    if (!this.#entries.delete(entry.file)) return;
    this.#bytes -= entry.bytes;
    this.#diskBytes -= diskBytes(entry);
  }

  async #keepWithin(maxBytes: number): Promise<void> {
    if (this.#diskBytes <= maxBytes) return;
    const tooMuch = this.#diskBytes - maxBytes * (1 - roomMade);
    const going = surplus(this.#entries.values(), new Set(this.#taken), tooMuch);
    for (const entry of going) this.#release(entry);
    const dropped: Dropped[] = [];
    for (const entry of going) {
      const piece = await readSpooled(this.#folder, entry);
      const atMs = piece?.spooledMs ?? this.#clock.now();
      const { class: kind, records, bytes } = entry;
      dropped.push({ class: kind, records, bytes, path: piece?.path, atMs });
    }
    await this.#losses.note(dropped);
    await this.#remove(going);
    await this.#losses.keep();
  }

  /** Released already. */
  async #remove(entries: readonly SpoolEntry[]): Promise<void> {
    if (entries.length === 0) return;
    for (const entry of entries) {
      // What cannot be removed comes again after the next start, under the same ids.
      await unlink(path.join(this.#folder, entry.file)).catch(() => undefined);
    }
    await syncFolder(this.#folder).catch(() => undefined);
  }

  async #setAside(entry: SpoolEntry): Promise<void> {
    // Dropped meanwhile, and counted.
    if (!this.#entries.has(entry.file)) return;
    this.#release(entry);
    await setAside(path.join(this.#folder, entry.file), this.#aside);
    await this.#losses.noteDamaged();
    const { class: kind, records, bytes } = entry;
    await this.#losses.note([{ class: kind, records, bytes, atMs: this.#clock.now() }]);
  }
}
