/** A small value that must never be lost nor half read: two copies, each with a number and a checksum. */

import { createHash } from 'node:crypto';
import { readFields } from '../../json.ts';
import { readBounded, removeUnfinished, writeDurably } from './durable-file.ts';

export type Checked<Value> =
  | {
      readonly kind: 'value';
      readonly value: Value /** One copy was damaged or missing. */;
      readonly mended: boolean;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'garbage' };

const maxBytes = 256 * 1024;

/**
 * Both copies (`<file>` and `<file>.copy`) hold the newest value; they are written one after the other, so at any
 * moment at least one is whole. The one with the higher number counts.
 */
export class CheckedFile<Value> {
  readonly #files: readonly [string, string];
  readonly #parse: (json: unknown) => Value | undefined;
  #number = 0;
  #swept = false;

  /** @param parse narrows what the file says; undefined when it is not what was written */
  constructor(file: string, parse: (json: unknown) => Value | undefined) {
    this.#files = [file, `${file}.copy`];
    this.#parse = parse;
  }

  async read(): Promise<Checked<Value>> {
    let best: { number: number; value: Value } | undefined;
    let whole = 0;
    let absent = 0;
    for (const file of this.#files) {
      const bytes = await readBounded(file, maxBytes).catch(() => Buffer.alloc(0));
      if (bytes === undefined) absent += 1;
      const found = bytes === undefined ? undefined : this.#open(bytes.toString('utf8'));
      if (found === undefined) continue;
      whole += 1;
      if (best === undefined || found.number > best.number) best = found;
    }
    if (best !== undefined) {
      this.#number = best.number;
      return { kind: 'value', value: best.value, mended: whole < 2 };
    }
    return { kind: absent === 2 ? 'absent' : 'garbage' };
  }

  async write(value: Value): Promise<void> {
    if (!this.#swept) for (const file of this.#files) await removeUnfinished(file);
    this.#swept = true;
    this.#number += 1;
    const content = JSON.stringify({ number: this.#number, value });
    for (const file of this.#files) await writeDurably(file, `${content}\nsha256:${checksum(content)}\n`);
  }

  #open(text: string): { number: number; value: Value } | undefined {
    const [content = '', sum] = text.split('\n');
    if (sum !== `sha256:${checksum(content)}`) return undefined;
    try {
      const { number, value } = readFields(content);
      const parsed = this.#parse(value);
      return typeof number === 'number' && parsed !== undefined ? { number, value: parsed } : undefined;
    } catch {
      return undefined;
    }
  }
}

function checksum(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
