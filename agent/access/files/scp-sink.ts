/** `scp -t`: files come in. */
import { FileRefusal } from './container-files.ts';
import { isFolder } from './file-facts.ts';
import { absolutePath, pathOf, shownPath } from './file-path.ts';
import { WrittenFile } from './open-file.ts';
import type { ScpPeer, ScpServing } from './scp-peer.ts';

const maxDepth = 64;
const pieceBytes = 64 * 1024;

export class ScpSink {
  readonly #serving: ScpServing;
  readonly #peer: ScpPeer;
  /** Of what comes next, seconds since the epoch. */
  #modified: number | undefined;

  constructor(serving: ScpServing, peer: ScpPeer) {
    this.#serving = serving;
    this.#peer = peer;
  }

  /** @throws Error where the other end breaks off */
  async run(): Promise<void> {
    const { files, scp } = this.#serving;
    const path = absolutePath(pathOf(scp.paths[0] ?? '.'), await files.home());
    if (scp.intoFolder && !(await this.#isFolder(path)))
      return await this.#peer.failed(path, 'it is no folder');
    await this.#peer.well();
    await this.#folder(path, 0);
  }

  /** Until its end, or that of all. */
  async #folder(path: string, depth: number): Promise<void> {
    for (;;) {
      const line = await this.#peer.line();
      if (line === undefined) return;
      const text = line.toString('latin1');
      if (text === 'E' && depth > 0) return await this.#peer.well();
      const [, times] = /^T(\d{1,12}) \d{1,6} \d{1,12} \d{1,6}$/.exec(text) ?? [];
      if (times !== undefined) {
        this.#modified = Number(times);
        await this.#peer.well();
        continue;
      }
      if (line[0] === 1 || line[0] === 2) throw new Error(shownPath(text.slice(1, 300)));
      const [, kind, mode = '', size = '', name = ''] =
        /^([CD])([0-7]{4}) (\d{1,15}) (.+)$/s.exec(text) ?? [];
      if (kind === undefined || name.includes('/') || name === '.' || name === '..') {
        throw new Error('a line of scp that is none');
      }
      const place = {
        path: depth === 0 && !(await this.#isFolder(path)) ? path : `${path === '/' ? '' : path}/${name}`,
      };
      const coming = { ...place, mode: Number.parseInt(mode, 8), size: Number(size) };
      if (kind === 'C') await this.#file(coming);
      else await this.#inner(coming, depth + 1);
    }
  }

  async #inner({ path, mode }: { path: string; mode: number }, depth: number): Promise<void> {
    const { files, scp, done } = this.#serving;
    if (!scp.recursive || depth > maxDepth) throw new Error('a folder that was not asked for');
    const modified = this.#modified;
    this.#modified = undefined;
    try {
      if (!(await this.#isFolder(path))) await files.makeFolder(path, mode | 0o700);
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      // The other end goes into no folder that it was told of as failed.
      return await this.#peer.failed(path, error.message);
    }
    await done(`make folder ${shownPath(path)}`);
    await this.#peer.well();
    await this.#folder(path, depth);
    if (scp.times) await files.change(path, { mode, modified }).catch(() => undefined);
  }

  async #file({ path, mode, size }: { path: string; mode: number; size: number }): Promise<void> {
    const { files, signal, scp, done } = this.#serving;
    const modified = this.#modified;
    this.#modified = undefined;
    const file = new WrittenFile(files, path, 'begin', signal);
    try {
      await files.make(path, mode, false);
      await files.empty(path);
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      return await this.#peer.failed(path, error.message);
    }
    await this.#peer.well();
    for (let at = 0; at < size; ) {
      const piece = await this.#peer.input.some(Math.min(pieceBytes, size - at));
      if (piece.length === 0) {
        await file.drop();
        throw new Error('the other end is gone');
      }
      await file.write(at, piece);
      at += piece.length;
    }
    const cameWhole = await this.#peer.isWell();
    try {
      await file.close();
      if (scp.times) await files.change(path, { mode, modified });
      await done(`write ${shownPath(path)} ${file.bytes} bytes`);
      if (cameWhole) await this.#peer.well();
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      await this.#peer.failed(path, error.message);
    }
  }

  async #isFolder(path: string): Promise<boolean> {
    const facts = await this.#serving.files.facts(path, true).catch((error: unknown) => {
      if (error instanceof FileRefusal) return undefined;
      throw error;
    });
    return facts !== undefined && isFolder(facts);
  }
}
