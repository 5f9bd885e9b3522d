/** A part as it lies in its folder: what is between the pieces in one file, each piece in one of its own. */
import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { indexLine, pieceName } from '../../backup/part-index.ts';

/** Files that are written at a time. */
const atOnce = 16;

export type Cut = { readonly bytes: Uint8Array; readonly isLast?: boolean };

export class PartWriter {
  readonly #folder: string;
  #frame: FileHandle | undefined;
  #piece: FileHandle | undefined;
  #index: string[] = [];
  #frameBytes = 0;
  #pieceBytes = 0;
  #pieces = 0;
  /** That lie in the folder: the next part's take their places. */
  #lying = 0;
  bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get pieces(): number {
    return this.#pieces;
  }

  async empty(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    // The helper's root is nobody special here; the folder above is the agent's alone.
    await mkdir(path.join(this.#folder, 'p'), { recursive: true, mode: 0o755 });
  }

  async begin(): Promise<void> {
    this.#frame = await open(path.join(this.#folder, 'frame'), 'w', 0o644);
    this.#index = [];
    this.#pieces = 0;
    this.bytes = 0;
  }

  async write(cuts: readonly Cut[]): Promise<void> {
    const frames: Uint8Array[] = [];
    let small: Promise<void>[] = [];
    for (const { bytes, isLast } of cuts) {
      this.bytes += bytes.length;
      if (isLast === undefined) {
        frames.push(bytes);
        this.#frameBytes += bytes.length;
        continue;
      }
      const isWhole = isLast && this.#pieceBytes === 0;
      this.#pieceBytes += bytes.length;
      if (isWhole) small.push(writeFile(this.#next(), bytes, { mode: 0o644 }));
      else await this.#append(bytes, isLast);
      if (isLast) this.#endPiece();
      if (small.length < atOnce) continue;
      await Promise.all(small);
      small = [];
    }
    await Promise.all([...small, this.#frame?.writev(frames.length > 0 ? frames : [new Uint8Array(0)])]);
  }

  #next = (): string => path.join(this.#folder, 'p', pieceName(this.#pieces));

  async #append(bytes: Uint8Array, isLast: boolean): Promise<void> {
    this.#piece ??= await open(this.#next(), 'w', 0o644);
    await this.#piece.writeFile(bytes);
    if (!isLast) return;
    await this.#piece.close();
    this.#piece = undefined;
  }

  #endPiece(): void {
    this.#index.push(indexLine({ frameBytes: this.#frameBytes, pieceBytes: this.#pieceBytes }));
    this.#pieces += 1;
    this.#frameBytes = 0;
    this.#pieceBytes = 0;
  }

  async end(): Promise<void> {
    if (this.#frameBytes > 0) this.#index.push(indexLine({ frameBytes: this.#frameBytes, pieceBytes: 0 }));
    this.#frameBytes = 0;
    await writeFile(path.join(this.#folder, 'index'), this.#index.join(''), { mode: 0o644 });
    await this.close();
    this.#lying = Math.max(this.#lying, this.#pieces);
    await this.#removeFrom(this.#pieces);
  }

  /** One after the other: `rm` knows the names of all at once, which is 14 MB of a part with small files. */
  async #removeFrom(first: number): Promise<void> {
    for (; this.#lying > first; this.#lying -= 1)
      await rm(path.join(this.#folder, 'p', pieceName(this.#lying - 1)), { force: true });
  }

  async remove(): Promise<void> {
    await this.close();
    await this.#removeFrom(0);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    const open = [this.#frame, this.#piece];
    this.#frame = undefined;
    this.#piece = undefined;
    for (const handle of open) await handle?.close();
  }
}
