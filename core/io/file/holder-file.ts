/** Who has which id and key, across restarts. It is made anew from the repository where it is lost: one copy is enough. */
import { HolderIndex } from '../../trust/holders/holder-index.ts';
import { readBounded, writeDurably } from './durable-file.ts';

const maxBytes = 64 * 1024 * 1024;
/** Files of devices that would have to be read again, count: fewer are not worth a write. */
const worthAWrite = 500;

export class HolderFile {
  readonly index: HolderIndex;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.index = new HolderIndex(async () => {
      const bytes = await readBounded(path, maxBytes).catch(() => undefined);
      return bytes?.toString('utf8');
    });
  }

  /** Writes it down where that saves a later start much work. A disk that is full is no reason to stop. */
  async save(): Promise<void> {
    if (this.index.unsaved < worthAWrite) return;
    const text = this.index.text();
    if (text !== undefined) await writeDurably(this.#path, text).catch(() => undefined);
  }
}
