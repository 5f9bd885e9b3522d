/** Rows of the list that a page shows: those that have changed, each as it was made once for all readers. */
import type { Viewer } from '../home/viewer.ts';
import type { LiveEvent, LiveTopic } from './live-topic.ts';

export interface LiveRow {
  /** Of the board, when the row became what it is. */
  readonly version: number;
  /** For who reads its telemetry. */
  readonly json: string;
  /** For who sees the repository alone. */
  readonly bareJson: string;
}

export interface LiveRows {
  readonly version: number;
  get(id: string): LiveRow | undefined;
  onChange(listener: () => void): () => void;
}

export interface RowsQuestion {
  readonly rows: LiveRows;
  /** Of this start of the program: versions of another one say nothing. */
  readonly start: string;
  readonly viewer: Viewer;
  readonly ids: readonly string[];
  /** What the reader had last, as an event's id. */
  readonly last: string | undefined;
}

export class RowsTopic implements LiveTopic {
  readonly looked: readonly string[] = [];
  readonly #question: RowsQuestion;
  /** Id → what was told last. */
  readonly #told = new Map<string, string>();
  #version: number;
  #isFirst = true;

  constructor(question: RowsQuestion) {
    this.#question = question;
    const { start, last = '', rows } = question;
    const [, of, version] = /^([\w-]{1,32})\.(\d{1,15})$/.exec(last) ?? [];
    const known = of === start ? Number(version) : 0;
    this.#version = known <= rows.version ? known : 0;
  }

  onNews(wake: () => void): () => void {
    return this.#question.rows.onChange(wake);
  }

  next(): LiveEvent | undefined {
    const { rows, ids, start } = this.#question;
    const changed: string[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const row = rows.get(id);
      const json = row === undefined ? undefined : this.#shown(id, row);
      const told = this.#told.get(id);
      if (json === undefined) {
        if (told !== undefined) gone.push(id);
        this.#told.delete(id);
        continue;
      }
      if (told === json) continue;
      this.#told.set(id, json);
      // Who was cut off has what is older.
      const isKnown = this.#isFirst && row !== undefined && row.version <= this.#version;
      if (!isKnown) changed.push(json);
    }
    this.#isFirst = false;
    this.#version = rows.version;
    if (changed.length === 0 && gone.length === 0) return undefined;
    const data = `{"version":${rows.version},"rows":[${changed.join(',')}],"gone":${JSON.stringify(gone)}}`;
    return { event: 'rows', id: `${start}.${rows.version}`, data };
  }

  /** Asked anew: what they may read can be another by now. */
  #shown(id: string, { json, bareJson }: LiveRow): string | undefined {
    const { viewer } = this.#question;
    if (viewer.reads(id)) return json;
    return viewer.readsRepository() ? bareJson : undefined;
  }
}
