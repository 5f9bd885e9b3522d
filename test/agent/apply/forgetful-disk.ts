/** A disk that forgets: what was not fsynced, file or folder, is gone after a power cut. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

type Open = typeof promises.open;

/** Identity of a file over renames; numbers of inodes are used again, times of birth are not. */
function identity(file: string, isOpen = false): string {
  const { ino, birthtimeNs } = (isOpen ? statSync : lstatSync)(file, { bigint: true });
  return `${ino} ${birthtimeNs}`;
}

/** The strictest disk that POSIX allows. While it is there, `node:fs/promises` tells it of each fsync. */
export class ForgetfulDisk implements Disposable {
  readonly #root: string;
  readonly #open: Open = promises.open;
  readonly #rm = promises.rm;
  readonly #rename = promises.rename;
  /** Folder → what its last fsync had in it. */
  readonly #folders = new Map<string, { name: string; id: string; folder: boolean; link?: string }[]>();
  /** File → content and mode at its last fsync. */
  readonly #files = new Map<string, { bytes: Buffer; mode: number }>();
  #forgotten = 0;
  #syncs = 0;
  #end = Number.POSITIVE_INFINITY;
  #onEnd: () => void = () => undefined;

  /** @param root a folder that is empty; what is in it later counts only when it was fsynced */
  constructor(root: string) {
    this.#root = root;
    promises.open = async (...parameters: Parameters<Open>) => {
      this.#mustBeOn();
      const handle = await this.#open(...parameters);
      const file = path.resolve(String(parameters[0]));
      if (file === root || file.startsWith(`${root}/`)) this.#follow(handle);
      return handle;
    };
    // Without power nobody tidies up either.
    promises.rm = async (...parameters) => {
      this.#mustBeOn();
      await this.#rm(...parameters);
    };
    promises.rename = async (...parameters) => {
      this.#mustBeOn();
      await this.#rename(...parameters);
    };
    syncBuiltinESMExports();
  }

  #mustBeOn(): void {
    if (this.#syncs >= this.#end) throw new Error('the power is gone');
  }

  /** Files and folders that power cuts have taken so far. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The power goes at the nth fsync from now on, before it does anything. `cut` brings it back. */
  endAt(fsync: number, onEnd: () => void): void {
    this.#end = this.#syncs + fsync;
    this.#onEnd = onEnd;
  }

  #follow(handle: FileHandle): void {
    const sync = handle.sync.bind(handle);
    handle.sync = async () => {
      if (++this.#syncs >= this.#end) {
        this.#onEnd();
        throw new Error('the power is gone');
      }
      await sync();
      // The handle knows the file whatever its name is now.
      const link = `/proc/self/fd/${handle.fd}`;
      if ((await handle.stat()).isDirectory()) {
        const entries = readdirSync(link, { withFileTypes: true }).map(entry => ({
          name: entry.name,
          id: identity(path.join(link, entry.name)),
          folder: entry.isDirectory(),
          ...(entry.isSymbolicLink() ? { link: readlinkSync(path.join(link, entry.name)) } : {}),
        }));
        this.#folders.set(identity(link, true), entries);
      } else {
        const { mode } = statSync(link);
        this.#files.set(identity(link, true), { bytes: readFileSync(link), mode: mode & 0o7777 });
      }
    };
  }

  /** The power is gone and back: only what was fsynced is there. */
  cut(): void {
    this.#end = Number.POSITIVE_INFINITY;
    const before = countBelow(this.#root);
    const id = identity(this.#root);
    for (const name of readdirSync(this.#root)) rmSync(path.join(this.#root, name), { recursive: true });
    this.#restore(this.#root, id);
    this.#forgotten += Math.max(0, before - countBelow(this.#root));
  }

  #restore(folder: string, id: string): void {
    const entries = this.#folders.get(id) ?? [];
    const now = entries.map(entry => {
      const file = path.join(folder, entry.name);
      if (entry.folder) {
        mkdirSync(file);
        this.#restore(file, entry.id);
        return { ...entry, id: identity(file) };
      }
      if (entry.link !== undefined) {
        // What it leads to is a part of its name.
        symlinkSync(entry.link, file);
        return { ...entry, id: identity(file) };
      }
      // A name that was made durable before its content is an empty file.
      const { bytes, mode } = this.#files.get(entry.id) ?? { bytes: Buffer.alloc(0), mode: 0o600 };
      writeFileSync(file, bytes, { mode });
      this.#files.set(identity(file), { bytes, mode });
      return { ...entry, id: identity(file) };
    });
    this.#folders.set(identity(folder), now);
  }

  [Symbol.dispose](): void {
    promises.open = this.#open;
    promises.rm = this.#rm;
    promises.rename = this.#rename;
    syncBuiltinESMExports();
  }
}

function countBelow(folder: string): number {
  return readdirSync(folder, { recursive: true }).length;
}
