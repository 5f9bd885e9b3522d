/** A folder on a real file system of its own that can be filled. Needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { LoopDisk } from './loop-disk.ts';

export class SmallDisk implements Disposable {
  readonly #folder: string;
  readonly #loop: LoopDisk | undefined;

  /**
   * Puts it in the place of a folder, with what the folder holds.
   * @param kind ext4 lies in a file of its own
   */
  constructor(folder: string, megabytes: number, kind: 'tmpfs' | 'ext4' = 'tmpfs') {
    this.#folder = folder;
    const aside = `${folder}-aside`;
    cpSync(folder, aside, { recursive: true });
    if (kind === 'tmpfs')
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
    else this.#loop = new LoopDisk(folder, megabytes);
    cpSync(aside, folder, { recursive: true });
    rmSync(aside, { recursive: true });
  }

  /** What writes there meanwhile may have taken what was to be left. @param leave bytes, to the page */
  fill(leave: number): void {
    this.makeRoom();
    const { bavail, bsize } = statfsSync(this.#folder);
    const file = openSync(this.#filler, 'w');
    try {
      for (let left = bavail * bsize - leave; left > 0; left -= bsize)
        writeSync(file, Buffer.alloc(Math.min(left, bsize)));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#filler, { force: true });
  }

  get #filler(): string {
    return path.join(this.#folder, 'filler');
  }

  [Symbol.dispose](): void {
    if (this.#loop === undefined) execFileSync('umount', ['-l', this.#folder]);
    else this.#loop[Symbol.dispose]();
  }
}
