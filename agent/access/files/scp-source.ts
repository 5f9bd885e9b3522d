/** `scp -f`: files go out. */
import { FileRefusal } from './container-files.ts';
import { type FileFacts, isFolder, isRegular } from './file-facts.ts';
import { absolutePath, pathOf, shownPath } from './file-path.ts';
import { ReadFile } from './open-file.ts';
import type { ScpPeer, ScpServing } from './scp-peer.ts';

const maxDepth = 64;
const pieceBytes = 64 * 1024;

export class ScpSource {
  readonly #serving: ScpServing;
  readonly #peer: ScpPeer;

  constructor(serving: ScpServing, peer: ScpPeer) {
    this.#serving = serving;
    this.#peer = peer;
  }

  /** @throws Error where the other end breaks off */
  async run(): Promise<void> {
    const { files, scp } = this.#serving;
    await this.#peer.isWell();
    const home = await files.home();
    for (const path of scp.paths) await this.#thing(absolutePath(pathOf(path), home), 0);
  }

  /** What fails is said, and the next one comes. */
  async #thing(path: string, depth: number): Promise<void> {
    try {
      const facts = await this.#serving.files.facts(path, true);
      if (isRegular(facts)) return await this.#file(path, facts);
      if (!isFolder(facts)) return await this.#peer.failed(path, 'it is no file');
      if (!this.#serving.scp.recursive) return await this.#peer.failed(path, 'it is a folder');
      if (depth >= maxDepth) return await this.#peer.failed(path, 'it lies too deep');
      await this.#folder(path, facts, depth);
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      await this.#peer.failed(path, error.message);
    }
  }

  async #folder(path: string, facts: FileFacts, depth: number): Promise<void> {
    const entries = await this.#serving.files.list(path);
    if (!(await this.#announced('D', path, { ...facts, size: 0 }))) return;
    for (const { name } of entries) {
      if (name !== '.' && name !== '..') await this.#thing(`${path === '/' ? '' : path}/${name}`, depth + 1);
    }
    await this.#peer.send('E\n');
    await this.#peer.isWell();
  }

  async #file(path: string, facts: FileFacts): Promise<void> {
    const { files, signal, done } = this.#serving;
    const file = new ReadFile(files, path, facts, signal);
    try {
      // What cannot be read is said before it is announced.
      let piece = await file.read(0, Math.min(pieceBytes, facts.size));
      if (!(await this.#announced('C', path, facts))) return;
      let at = 0;
      for (
        ;
        at < facts.size && piece.length > 0;
        piece = await file.read(at, Math.min(pieceBytes, facts.size - at))
      ) {
        await this.#peer.send(piece);
        at += piece.length;
      }
      const missing = facts.size - at;
      for (let left = missing; left > 0; left -= pieceBytes)
        await this.#peer.send(Buffer.alloc(Math.min(left, pieceBytes)));
      if (missing > 0) await this.#peer.failed(path, 'it became shorter meanwhile');
      else await this.#peer.well();
      await this.#peer.isWell();
      await done(`read ${shownPath(path)} ${at} bytes`);
    } finally {
      await file.close();
    }
  }

  async #announced(
    kind: 'C' | 'D',
    path: string,
    { mode, size, modified, accessed }: FileFacts,
  ): Promise<boolean> {
    const name = path.split('/').at(-1) || '.';
    if (name.includes('\n')) {
      await this.#peer.failed(path, 'its name cannot be said');
      return false;
    }
    if (this.#serving.scp.times) {
      await this.#peer.send(`T${Math.max(0, modified)} 0 ${Math.max(0, accessed)} 0\n`);
      if (!(await this.#peer.isWell())) return false;
    }
    await this.#peer.send(`${kind}${(mode & 0o7777).toString(8).padStart(4, '0')} ${size} ${name}\n`);
    return await this.#peer.isWell();
  }
}
