/** Rows of the fleet as they are needed: a page of the server at a time, around what is looked at. */
import { type Signal, signal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { Row, Rows } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';

const pageRows = 100;

export class FleetRows {
  readonly total: Signal<number | undefined> = signal(undefined);
  readonly failure: Signal<FailureFacts | undefined> = signal(undefined);
  /** Counts up with everything that came. */
  readonly version: Signal<number> = signal(0);
  readonly reading: Signal<boolean> = signal(false);
  #filter: string | undefined;
  #pages = new Map<number, readonly Row[] | 'asked'>();
  #controller = new AbortController();

  /** @param filter as a question: `q=a&sort=device` */
  choose(filter: string): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#pages = new Map();
    this.#ask(0);
  }

  /** Of the list as it is filtered and sorted; undefined: it is not there yet. */
  at(index: number): Row | undefined {
    const page = this.#pages.get(Math.floor(index / pageRows));
    return page === undefined || page === 'asked' ? undefined : page[index % pageRows];
  }

  /** Has the pages asked for that these are on. */
  need(from: number, to: number): void {
    if (this.total.value === undefined) return;
    for (
      let page = Math.floor(from / pageRows);
      page <= Math.floor(Math.max(from, to - 1) / pageRows);
      page += 1
    ) {
      if (!this.#pages.has(page)) this.#ask(page);
    }
  }

  /** Asks for all anew: some are no longer there, or no longer for this person. */
  again(): void {
    const filter = this.#filter;
    this.#filter = undefined;
    this.choose(filter ?? '');
  }

  /** What the server has told anew about some of them. */
  change(rows: readonly Row[]): void {
    const fresh = new Map(rows.map(row => [row.id, row]));
    for (const [number, page] of this.#pages) {
      if (page === 'asked' || !page.some(({ id }) => fresh.has(id))) continue;
      this.#pages.set(
        number,
        page.map(row => fresh.get(row.id) ?? row),
      );
    }
    this.version.value += 1;
  }

  end(): void {
    this.#controller.abort();
  }

  #ask(page: number): void {
    const { signal: until } = this.#controller;
    this.#pages.set(page, 'asked');
    const pages = this.#pages;
    const filter = this.#filter === '' ? '' : `&${this.#filter}`;
    ask<Rows>(`/devices?offset=${page * pageRows}&limit=${pageRows}${filter}`, { signal: until }).then(
      ({ total, rows, reading }) => {
        pages.set(page, rows);
        this.total.value = total;
        this.reading.value = reading;
        this.failure.value = undefined;
        this.version.value += 1;
      },
      (error: unknown) => {
        pages.delete(page);
        if (!until.aborted) this.failure.value = factsOf(error);
      },
    );
  }
}
