/** A small file system of its own, ext4 in a file, mounted on a folder: a disk that gets full as real ones do. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireCommands } from '../../lab/machine/packages.ts';

/** Of the disk. */
export const blockBytes = 1024;

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

export class LoopDisk implements Disposable {
  readonly path: string;
  readonly #image = mkdtempSync(path.join(tmpdir(), 'towline-loop-'));

  /** @param folder is made where it is not there */
  constructor(folder: string, megabytes: number) {
    requireCommands(['mkfs.ext4']);
    this.path = folder;
    mkdirSync(folder, { recursive: true });
    const file = path.join(this.#image, 'disk');
    writeFileSync(file, '');
    truncateSync(file, megabytes * 1024 * 1024);
    must('mkfs.ext4', '-q', '-m', '0', '-b', String(blockBytes), '-O', '^has_journal', file);
    must('mount', '-o', 'loop', file, folder);
    rmSync(path.join(folder, 'lost+found'), { recursive: true });
  }

  get #filler(): string {
    return path.join(this.path, '.filler');
  }

  /** Until so many blocks of 1 KiB are left. */
  fill(blocksLeft = 0): void {
    this.empty();
    const { bavail } = statfsSync(this.path);
    // What a file of that length has for its own book-keeping is not known before.
    const dd = (count: number, more: readonly string[]) =>
      spawnSync('dd', ['if=/dev/zero', `of=${this.#filler}`, `bs=${blockBytes}`, `count=${count}`, ...more]);
    dd(bavail, ['conv=fsync']);
    if (blocksLeft === 0) return;
    for (let keep = bavail - blocksLeft; keep > 0; keep -= 1) {
      truncateSync(this.#filler, keep * blockBytes);
      must('sync', '-f', this.path);
      if (statfsSync(this.path).bavail >= blocksLeft) return;
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
    must('sync', '-f', this.path);
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.path]);
    rmSync(this.#image, { recursive: true, force: true });
  }
}
