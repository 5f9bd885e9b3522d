/**
 * What one receiver was told, is to be told, and what waits to see whether it is one of many: on the disk, step by step, so that
 * a kill at any moment tells nothing twice and loses nothing.
 */
import { Journal } from '../../../core/io/file/journal.ts';
import type { NumberedTransition } from '../../transitions/transition.ts';
import type { Message } from '../messages/message.ts';
import { type Held, readStep, type Step } from './step.ts';

export interface OpenCondition {
  readonly transition: NumberedTransition;
  /** How often it was told again. */
  readonly repeats: number;
}

const maxBytes = 256 * 1024 * 1024;
const spareBytes = 2 * 1024 * 1024;
/** In one line of the file that is written anew. */
const chunk = 500;
/** Beyond it the oldest are given up. */
export const maxQueued = 10_000;

export class Outbox {
  readonly #journal: Journal;
  #through: number | undefined;
  #alive: number | undefined;
  readonly #open = new Map<string, OpenCondition>();
  /** Number → name in `#open`. */
  readonly #names = new Map<number, string>();
  readonly #held = new Map<number, Held>();
  readonly #queue = new Map<string, Message>();
  #keptBytes = 0;
  #turn: Promise<unknown> = Promise.resolve();

  static async open(file: string): Promise<Outbox> {
    const { journal, entries } = await Journal.open(file, maxBytes);
    const outbox = new Outbox(journal);
    for (const entry of entries) outbox.#apply(readStep(entry));
    await outbox.#rewrite();
    return outbox;
  }

  private constructor(journal: Journal) {
    this.#journal = journal;
  }

  get through(): number | undefined {
    return this.#through;
  }

  get alive(): number | undefined {
    return this.#alive;
  }

  get open(): ReadonlyMap<string, OpenCondition> {
    return this.#open;
  }

  /** The oldest first. */
  get held(): readonly Held[] {
    return [...this.#held.values()];
  }

  /** In the order in which they were made. */
  get queue(): readonly Message[] {
    return [...this.#queue.values()];
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** When it resolves it is on the disk. @throws what the disk throws: then nothing has changed */
  take(step: Step): Promise<void> {
    const taken = this.#turn.then(async () => {
      await this.#journal.append([step]);
      this.#apply(step);
      if (this.#journal.bytes > 2 * this.#keptBytes + spareBytes) await this.#rewrite();
    });
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#journal.close();
  }

  #apply(step: Step): void {
    this.#through = step.through ?? this.#through;
    this.#alive = step.alive ?? this.#alive;
    for (const number of step.closed ?? []) {
      this.#open.delete(this.#names.get(number) ?? '');
      this.#names.delete(number);
    }
    for (const transition of step.opened ?? []) {
      const name = nameOf(transition);
      this.#open.set(name, { transition, repeats: 0 });
      this.#names.set(transition.number, name);
    }
    for (const held of step.held ?? []) this.#held.set(held.transition.number, held);
    for (const number of step.unheld ?? []) this.#held.delete(number);
    for (const message of step.made ?? []) this.#queue.set(message.id, message);
    for (const id of step.done ?? []) this.#queue.delete(id);
    for (const [number, repeats] of step.repeated ?? []) {
      const name = this.#names.get(number) ?? '';
      const known = this.#open.get(name);
      if (known !== undefined) this.#open.set(name, { ...known, repeats });
    }
  }

  async #rewrite(): Promise<void> {
    const open = [...this.#open.values()];
    const steps: Step[] = [
      { ...this.#kept() },
      ...chunked(open).map(part => ({
        opened: part.map(({ transition }) => transition),
        repeated: part.flatMap(({ transition, repeats }) =>
          repeats === 0 ? [] : [[transition.number, repeats] as const],
        ),
      })),
      ...chunked(this.held).map(held => ({ held })),
      ...chunked(this.queue).map(made => ({ made })),
    ];
    await this.#journal.rewrite(steps);
    this.#keptBytes = this.#journal.bytes;
  }

  #kept(): Step {
    const through = this.#through;
    const alive = this.#alive;
    return { ...(through === undefined ? {} : { through }), ...(alive === undefined ? {} : { alive }) };
  }
}

export const nameOf = ({ key }: Pick<NumberedTransition, 'key'>): string => `${key.type} ${key.subject}`;

function chunked<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / chunk);
  return Array.from({ length: count }, (_, at) => items.slice(at * chunk, (at + 1) * chunk));
}
