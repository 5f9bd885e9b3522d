/** A folder on a real file system of its own that can be filled. Needs root. */
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isDiskFull } from '../../core/io/file/disk-full.ts';

export class SmallDisk implements Disposable {
  readonly #folder: string;

  /**
   * Puts it in the place of a folder, with what the folder holds.
   * @param kind ext4 lies in a file of its own beside the folder
   */
  constructor(folder: string, megabytes: number, kind: 'tmpfs' | 'ext4' = 'tmpfs') {
    this.#folder = folder;
    const aside = `${folder}-aside`;
    cpSync(folder, aside, { recursive: true });
    if (kind === 'tmpfs')
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
    else {
      closeSync(openSync(this.#image, 'wx'));
      truncateSync(this.#image, megabytes * 1024 * 1024);
      execFileSync('mkfs.ext4', ['-q', '-m', '0', this.#image]);
      execFileSync('mount', ['-o', 'loop', this.#image, folder]);
      rmSync(path.join(folder, 'lost+found'), { recursive: true });
    }
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

  get #image(): string {
    return `${this.#folder}.img`;
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.#folder]);
    rmSync(this.#image, { force: true });
  }
}
