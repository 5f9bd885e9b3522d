/**
 * A log from the engine's own files, where they can be read: a third of the work, and the engine has none. Files are followed by
 * their inodes, so that what is moved away is read to its end first.
 */
import type { Clock } from '../../../core/io/clock.ts';
import type { LogPlace } from '../../runtime/runtime.ts';
import type { ContainerLog } from './container-log.ts';
import { contentOf, FileChain, mostWaiting, type OpenFile } from './file-chain.ts';
import { LastLine } from './last-line.ts';
import { FormatError, type LogFormat, maxEntryBytes, tailBytes } from './log-format.ts';
import type { LogSource, ReadOptions } from './log-source.ts';
import { offerPacked } from './packed-log.ts';
import { type PieceBuffers, pieceBytes } from './piece-buffers.ts';

/** Between looks at a file that has no more, milliseconds. */
const shortestPauseMs = 100;
const longestPauseMs = 1_000;
/** Looks at a file that is not there, before the engine is asked. */
const mostMissing = 5;
const piecesBetweenLooks = 8;

export interface FileOptions {
  readonly place: LogPlace;
  readonly clock: Clock;
  readonly buffers: PieceBuffers;
  /** Asks the engine whether the container has ended by now. */
  readonly hasEnded: () => Promise<boolean>;
}

export class FileSource implements LogSource {
  readonly #file: string;
  readonly #format: LogFormat;
  readonly #place: LogPlace;
  readonly #clock: Clock;
  readonly #buffers: PieceBuffers;
  readonly #lastLine: LastLine;
  /** What stood in front of the place, as it was read. */
  #tail = Buffer.alloc(0);

  constructor(file: string, format: LogFormat, { place, clock, buffers, hasEnded }: FileOptions) {
    this.#file = file;
    this.#format = format;
    this.#place = place;
    this.#clock = clock;
    this.#buffers = buffers;
    this.#lastLine = new LastLine(hasEnded, clock);
  }

  /** Until it is aborted: who is told that the container is gone stops it. */
  async read(options: ReadOptions): Promise<'ended' | 'again'> {
    const { log, signal, caughtUp } = options;
    await using chain = new FileChain(this.#file);
    let offset = await this.#begin(chain, options);
    let pauseMs = shortestPauseMs;
    let missing = 0;
    for (let file = chain.first; file !== undefined; file = chain.first) {
      signal.throwIfAborted();
      await chain.refresh();
      const behind = (await this.#isChanged(file, offset))
        ? this.#refilled(log, file)
        : await this.#toEnd(chain, offset, options);
      if (behind > offset) pauseMs = shortestPauseMs;
      offset = behind;
      missing = chain.isMissing ? missing + 1 : 0;
      if (chain.isBroken) offset = await this.#begin(chain, options);
      else if (chain.waiting > 0) offset = await this.#next(chain, log);
      else if (missing > mostMissing) break;
      else if ((await file.handle.stat()).size < offset) offset = this.#truncated(log, file, offset);
      else {
        if (log.isOpen && (await this.#lastLine.isOver(log.entries))) log.endOpen();
        caughtUp();
        await this.#clock.sleep(pauseMs, signal);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
    // The engine knows whether there is such a container.
    return 'again';
  }

  /** Opens what is to be read. @returns the place in the first file */
  async #begin(chain: FileChain, options: ReadOptions): Promise<number> {
    const { log } = options;
    this.#tail = Buffer.alloc(0);
    const { file, time, seen, sequence } = log.position;
    const isFirst = time === '' && sequence === 0;
    if (file !== undefined && (await chain.begin(file.inode)) && chain.first !== undefined) {
      if (await this.#isBehind(chain.first, file.offset, seen === 0 ? undefined : time)) return file.offset;
    }
    // By time: from the oldest entry on.
    await chain.begin();
    log.order.seek();
    // The first file of a start is there before its container is.
    const { startedMs } = this.#place;
    if (isFirst && startedMs > 0 && (chain.first?.bornMs ?? 0) > startedMs) log.lost();
    for await (const pieces of chain.compressed()) await offerPacked(pieces, this.#format, options);
    await this.#search(chain, options);
    if (log.order.isSeeking) {
      // The last entry is not in there: all that is, is new.
      log.lost();
      log.startBehind({ time: '', seen: 0 });
      return await this.#begin(chain, options);
    }
    const { file: found } = log.position;
    return found !== undefined && found.inode === chain.first?.inode ? found.offset : 0;
  }

  async #next(chain: FileChain, log: ContainerLog): Promise<number> {
    this.#tail = Buffer.alloc(0);
    await chain.shift();
    while (chain.waiting >= mostWaiting) await this.#leaveOut(chain, log);
    return 0;
  }

  /** Until the last entry has been found. */
  async #search(chain: FileChain, options: ReadOptions): Promise<void> {
    const { log } = options;
    for (let file = chain.first; file !== undefined && log.order.isSeeking; file = chain.first) {
      await this.#toEnd(chain, 0, options);
      if (!log.order.isSeeking || chain.waiting === 0) return;
      await chain.shift();
    }
  }

  /** Whether the entry of that time ends there. */
  async #isBehind({ handle }: OpenFile, offset: number, time: string | undefined): Promise<boolean> {
    const { size } = await handle.stat();
    if (size < offset) return false;
    if (time === undefined || offset === 0) return true;
    const bytes = Buffer.allocUnsafe(Math.min(offset, 64 * 1024));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset - bytes.length);
    return this.#format.timeBefore(bytes.subarray(0, bytesRead)) === time;
  }

  /** What was read is not in front of the place any more: the file was emptied, and has come so far again. */
  async #isChanged({ handle }: OpenFile, offset: number): Promise<boolean> {
    const { length } = this.#tail;
    if (length === 0) return false;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset - length);
    return bytesRead === length && !buffer.equals(this.#tail);
  }

  /** @returns the place behind the last whole entry of the first file */
  async #toEnd(chain: FileChain, from: number, { log, breathe, signal }: ReadOptions): Promise<number> {
    let offset = from;
    let length = pieceBytes;
    if (chain.first === undefined) return offset;
    const { handle, inode } = chain.first;
    for (let piece = 1; ; piece += 1) {
      signal.throwIfAborted();
      // While this one is read, the engine may begin others and remove them.
      if (piece % piecesBetweenLooks === 0) await chain.refresh();
      const bytes = this.#buffers.take(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      if (bytesRead > 0) log.begin();
      const start = offset;
      const done = this.#format.read(bytes.subarray(0, bytesRead), (entry, end) => {
        if (log.order.isSeeking) log.offerFrom(entry, { inode, offset: start + end });
        else log.append(entry, inode, start + end);
      });
      if (done > 0) this.#tail = Buffer.from(bytes.subarray(Math.max(0, done - tailBytes), done));
      this.#buffers.give(bytes);
      if (bytesRead === 0) return offset;
      offset += done;
      const pause = breathe();
      if (pause !== undefined) await Promise.all([pause, chain.refresh()]);
      if (done === 0) {
        if (bytesRead < length) return offset;
        if (length >= 2 * maxEntryBytes) throw new FormatError('an entry of a log does not end');
        length *= 4;
      } else length = pieceBytes;
    }
  }

  /** The engine writes the same file anew, or somebody has emptied it. @returns where it goes on */
  #truncated(log: ContainerLog, { inode }: OpenFile, offset: number): number {
    const { maxFileBytes = 0 } = this.#place;
    // It was full, so much is certain.
    if (maxFileBytes > offset) log.gap('rotated', { bytes: maxFileBytes - offset });
    return this.#anew(log, inode);
  }

  /** What stood between the place and the end when it was emptied is gone. */
  #refilled(log: ContainerLog, { inode }: OpenFile): number {
    log.lost();
    return this.#anew(log, inode);
  }

  #anew(log: ContainerLog, inode: number): number {
    this.#tail = Buffer.alloc(0);
    log.moveTo({ inode, offset: 0 });
    return 0;
  }

  /** More files wait than are held: the oldest is counted instead of read. */
  async #leaveOut(chain: FileChain, log: ContainerLog): Promise<void> {
    const file = chain.first;
    if (file === undefined) return;
    const { lines, bytes } = await contentOf(file);
    log.gap('rotated', this.#place.driver === 'local' ? { bytes } : { lines, bytes });
    await chain.shift();
  }
}
