/** Rows by id, and which of them changed since when: a page that was away takes what it missed. */
import type { BoardRow } from './board-row.ts';

export interface RowChange {
  /** Of the board now. */
  readonly version: number;
  readonly rows: readonly BoardRow[];
  /** Devices that are gone. */
  readonly gone: readonly string[];
}

/** Devices that are gone are remembered up to so many; who was away for longer begins anew. */
const maxGone = 1000;

export class RowLog {
  readonly #rows = new Map<string, BoardRow>();
  readonly #listeners = new Set<(change: RowChange) => void>();
  readonly #gone: { readonly id: string; readonly version: number }[] = [];
  /** What older ones cannot be told of. */
  #since = 0;
  #sorted: readonly BoardRow[] | undefined;
  version = 0;

  /** By id. */
  get all(): readonly BoardRow[] {
    this.#sorted ??= [...this.#rows.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
    return this.#sorted;
  }

  get(id: string): BoardRow | undefined {
    return this.#rows.get(id);
  }

  /** @param made rows as they are now, and ids of devices that are gone; what is as before is no change */
  take(made: readonly (BoardRow | string)[]): void {
    const rows: BoardRow[] = [];
    const gone: string[] = [];
    for (const row of made) {
      if (typeof row === 'string') {
        if (this.#rows.delete(row)) gone.push(row);
        continue;
      }
      const before = this.#rows.get(row.id);
      const isSame = before?.json === row.json && before.bareJson === row.bareJson;
      // What lists do not show may be another all the same: it keeps the version.
      this.#rows.set(row.id, isSame ? { ...row, version: before.version } : row);
      if (!isSame) rows.push(row);
    }
    this.#sorted = undefined;
    if (rows.length === 0 && gone.length === 0) return;
    this.version += 1;
    for (const id of gone) this.#gone.push({ id, version: this.version });
    for (const { version } of this.#gone.splice(0, Math.max(0, this.#gone.length - maxGone)))
      this.#since = version;
    const change = { version: this.version, rows, gone };
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** @returns undefined: it is too long ago, or of another start; all is to be read anew */
  since(version: number): RowChange | undefined {
    if (version < this.#since || version > this.version) return undefined;
    const rows = [...this.#rows.values()].filter(row => row.version > version);
    const gone = this.#gone
      .filter(one => one.version > version && !this.#rows.has(one.id))
      .map(({ id }) => id);
    return { version: this.version, rows, gone };
  }

  /** @returns ends it */
  onChange(listener: (change: RowChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
