/**
 * The packs of telemetry.git. Until a pack's refs are written, nothing reaches its objects, and a repack that begins just
 * then would drop them. As receive-pack does (git-index-pack(1), `--keep`), a `.keep` stands beside the pack until then:
 * git does not delete a pack that has one when it looks, and once it is gone the refs are there to be seen.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../core/io/file/durable-file.ts';
import type { PackFiles } from './pack-writer.ts';

/** Never ends in .pack or .idx: git would take it for one. */
const temporaryPrefix = 'tmp_towline_';
/** What our `.keep` says: others are somebody else's. */
const keepMark = 'towline: refs are being written\n';

export class PackFolder {
  readonly #path: string;
  #count = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder, and removes what a killed gateway left: no push of its has a pack without a ref any more. */
  static async open(gitDirectory: string): Promise<PackFolder> {
    const path = join(gitDirectory, 'objects', 'pack');
    await mkdir(path, { recursive: true });
    for (const name of await readdir(path)) {
      const file = join(path, name);
      if (name.startsWith(temporaryPrefix)) await unlink(file);
      else if (name.endsWith('.keep') && (await readFile(file, 'utf8')) === keepMark) await unlink(file);
    }
    return new PackFolder(path);
  }

  /** Packs placed. */
  get count(): number {
    return this.#count;
  }

  /**
   * Puts a pack in place, durably.
   * @returns disposed when what is to reach it does: from then on git may take it away. @throws what the disk throws.
   */
  async place({ pack, index }: PackFiles): Promise<AsyncDisposable> {
    this.#count += 1;
    const temporary = join(this.#path, `${temporaryPrefix}${this.#count}`);
    // Not after its content: the same pack, sent again, would come under the name of one that git is deleting.
    const final = join(this.#path, `pack-${randomBytes(20).toString('hex')}`);
    const keep = { [Symbol.asyncDispose]: () => unlink(`${final}.keep`).catch(() => undefined) };
    try {
      await Promise.all([
        writeSynced(`${temporary}_pack`, pack),
        writeSynced(`${temporary}_idx`, index),
        writeFile(`${final}.keep`, keepMark, { flag: 'wx', mode: 0o600 }),
      ]);
      // git finds a pack by its index: the pack must be there first.
      await rename(`${temporary}_pack`, `${final}.pack`);
      await rename(`${temporary}_idx`, `${final}.idx`);
      await syncFolder(this.#path);
    } catch (error) {
      for (const kind of ['pack', 'idx']) await unlink(`${temporary}_${kind}`).catch(() => undefined);
      await keep[Symbol.asyncDispose]();
      throw error;
    }
    return keep;
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
