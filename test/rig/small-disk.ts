/** A folder on a real file system of its own that can be filled. Needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isDiskFull } from '../../core/io/file/disk-full.ts';

export class SmallDisk implements Disposable {
  readonly #folder: string;

  /** Puts it in the place of a folder, with what the folder holds. */
  constructor(folder: string, megabytes: number) {
    this.#folder = folder;
    const aside = `${folder}-aside`;
    cpSync(folder, aside, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
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
    execFileSync('umount', ['-l', this.#folder]);
  }
}
