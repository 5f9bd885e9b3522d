/**
 * How far a sink has come with each device, on the disk: a line for each step, folded into one line a device now and then. Lines
 * are not waited for: what a power cut takes is delivered again, with the same ids.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolderDurably, readBounded, writeDurably } from '../../../core/io/file/durable-file.ts';
import { BegunMarks } from './begun-marks.ts';
import type { Position, PositionStore } from './position.ts';

/** Of a sink that is a memory itself. */
export class MemoryPositions implements PositionStore {
  readonly #done = new Map<string, Position>();

  get(device: string): Position | undefined {
    return this.#done.get(device);
  }

  async begin(): Promise<void> {}

  async move(ends: ReadonlyMap<string, Position>): Promise<void> {
    for (const [device, position] of ends) this.#done.set(device, position);
  }

  forget(device: string): void {
    this.#done.delete(device);
  }

  async fold(): Promise<void> {}

  async close(): Promise<void> {}
}

export interface StoredPositions {
  readonly done: ReadonlyMap<string, Position>;
  /** What was on its way to the receiver when the gateway ended. */
  readonly begun: ReadonlyMap<string, Position>;
}

export interface OpenPositions {
  readonly positions: Positions;
  readonly begun: BegunMarks;
  /** There were none yet. */
  readonly isNew: boolean;
}

/** A million steps; the file is folded long before. */
const maxBytes = 128 * 1024 * 1024;
/** Lines beyond one for each device. */
const spareLines = 20_000;
/** Raised when records of a commit are told in another order. */
const orderVersion = 1;

export class Positions implements PositionStore {
  readonly #file: string;
  readonly #done: Map<string, Position>;
  readonly #begun = new Map<string, Position>();
  /** Of earlier lives: further than anything that is begun now, as long as they are not passed. */
  readonly #marks: BegunMarks;
  #handle: FileHandle | undefined;
  #lines = 0;

  readonly #head: string;

  private constructor(file: string, head: string, done: Map<string, Position>, marks: BegunMarks) {
    this.#file = file;
    this.#head = head;
    this.#done = done;
    this.#marks = marks;
  }

  /** @param counted what is counted of a commit: where it was something else, a commit that was begun is told from its start */
  static async open(folder: string, counted: string): Promise<OpenPositions> {
    await makeFolderDurably(folder);
    const file = join(folder, 'positions');
    const bytes = await readBounded(file, maxBytes);
    const head = `towline-positions ${orderVersion} ${counted}`;
    const stored = readPositions(bytes?.toString('latin1') ?? '', head);
    const begun = new BegunMarks(stored.begun);
    const positions = new Positions(file, head, new Map(stored.done), begun);
    return { positions, begun, isNew: bytes === undefined };
  }

  get(device: string): Position | undefined {
    return this.#done.get(device);
  }

  async begin(ends: ReadonlyMap<string, Position>): Promise<void> {
    const further = [...ends].filter(([device]) => !this.#marks.has(device));
    for (const [device, position] of further) this.#begun.set(device, position);
    await this.#append(further.map(([device, position]) => lineOf('>', device, position)));
  }

  async move(ends: ReadonlyMap<string, Position>): Promise<void> {
    for (const [device, position] of ends) {
      this.#done.set(device, position);
      this.#begun.delete(device);
    }
    await this.#append([...ends].map(([device, position]) => lineOf('=', device, position)));
  }

  async fold(): Promise<void> {
    const lines = [
      ...[...this.#done].map(([device, position]) => lineOf('=', device, position)),
      ...[...this.#begun, ...this.#marks].map(([device, position]) => lineOf('>', device, position)),
    ];
    await this.#handle?.close();
    this.#handle = undefined;
    await writeDurably(this.#file, `${this.#head}\n${lines.join('')}`);
    this.#lines = lines.length;
  }

  forget(device: string): void {
    this.#done.delete(device);
    this.#begun.delete(device);
    this.#marks.forget(device);
  }

  async close(): Promise<void> {
    await this.fold();
  }

  async #append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    if (this.#handle === undefined || this.#lines > this.#done.size + spareLines) {
      await this.fold();
      this.#handle = await open(this.#file, 'a', 0o600);
    }
    this.#lines += lines.length;
    await this.#handle.appendFile(lines.join(''));
  }
}

function lineOf(sign: '>' | '=', device: string, { commit, through }: Position): string {
  const words = `${sign} ${device} ${commit} ${through ?? 'all'}`;
  return `${words} ${crc32(words).toString(16)}\n`;
}

const form = /^(([>=]) ([a-z0-9-]{1,63}) ([0-9a-f]{40}) (all|\d{1,15})) ([0-9a-f]{1,8})$/;

/** A line that is cut off or damaged says nothing. */
export function readPositions(text: string, head: string): StoredPositions {
  const done = new Map<string, Position>();
  const begun = new Map<string, Position>();
  const [first = '', ...lines] = text.split('\n');
  for (const line of lines) {
    const [, words = '', sign, device = '', commit = '', count, sum] = form.exec(line) ?? [];
    if (sum === undefined || crc32(words).toString(16) !== sum) continue;
    const isCounted = count !== 'all';
    const through = isCounted ? (first === head ? Number(count) : 0) : undefined;
    if (sign === '>') begun.set(device, { commit, through });
    else {
      done.set(device, { commit, through });
      const ahead = begun.get(device);
      if (ahead !== undefined && ahead.commit === commit && ahead.through === through) begun.delete(device);
    }
  }
  return { done, begun };
}
