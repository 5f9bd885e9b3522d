/** One live session and all who look on: who watches, who types with its person, who comes by a link. */

import type { Recorder } from '../recording/recorder.ts';
import type { LiveSession, SessionEnd, SessionTap } from './live-session.ts';
import { Replay } from './replay.ts';
import type { ShownSession } from './session-house.ts';

/** One of those who look on. */
export interface Onlooker {
  /** `bob watches`, `bob has joined`, `a guest looks on`: as the others see them. */
  readonly name: string;
  readonly kind: 'watch' | 'join' | 'guest';
  /** @returns false: it takes no more, and is let go */
  show(bytes: Uint8Array): boolean;
  /** The window of the session's person has another size. */
  resized?(columns: number, rows: number): void;
  /** Goes where it may no longer be here. */
  judge(): void;
  /** The session is over, or it may no longer be here. Once. */
  end(words: string): void;
}

const words = { watch: 'watches', join: 'has joined and types, too', guest: 'looks on' } as const;

export class Room implements SessionTap {
  readonly live: LiveSession;
  /** Undefined: it is not recorded. */
  recorder: Recorder | undefined;
  /** Its recorder can keep no more. */
  unrecorded = false;
  readonly #replay = new Replay();
  readonly #onlookers = new Set<Onlooker>();
  readonly #onEnd: () => void;

  constructor(live: LiveSession, onEnd: () => void) {
    this.live = live;
    this.#onEnd = onEnd;
  }

  get shown(): ShownSession {
    const { id, operator, by, app, service, startedMs, command } = this.live.start;
    const onlookers = [...this.#onlookers].map(({ name, kind }) => ({ name, kind }));
    const what = command === undefined ? {} : { command };
    return {
      id,
      operator,
      by,
      app,
      service,
      startedMs,
      ...what,
      recorded: this.isRecorded,
      onlookers,
    };
  }

  get isRecorded(): boolean {
    return this.recorder !== undefined && !this.unrecorded;
  }

  get guests(): number {
    return [...this.#onlookers].filter(({ kind }) => kind === 'guest').length;
  }

  get size(): number {
    return this.#onlookers.size;
  }

  /** Sees the screen so far, and from now on all. @returns what is called when it goes */
  enter(onlooker: Onlooker): () => void {
    this.say(`${onlooker.name} ${words[onlooker.kind]}`);
    onlooker.show(this.#replay.bytes);
    this.#onlookers.add(onlooker);
    return () => {
      if (this.#onlookers.delete(onlooker)) this.say(`${onlooker.name} has left`);
    };
  }

  judgeAgain(): void {
    for (const onlooker of [...this.#onlookers]) onlooker.judge();
  }

  /** Ends those of whom it is so. */
  endWhere(why: string, isSo: (onlooker: Onlooker) => boolean): void {
    for (const onlooker of [...this.#onlookers]) if (isSo(onlooker)) onlooker.end(why);
  }

  /** A line that all see: its person, who looks on, and who plays the recording. */
  say(line: string): void {
    this.live.say(line);
    if (this.live.start.terminal === undefined) return;
    // What cannot be recorded ends the session, or is told, as any other output does.
    const shown = this.output(Buffer.from(`\r\n[towline: ${line}]\r\n`));
    shown?.catch(() => undefined);
  }

  /** Those who look on see no more than what is kept, either. */
  output(bytes: Uint8Array): void | Promise<void> {
    const kept = this.recorder?.output(bytes);
    if (kept !== undefined) return kept.then(() => this.#show(bytes));
    this.#show(bytes);
  }

  #show(bytes: Uint8Array): void {
    this.#replay.add(bytes);
    for (const onlooker of [...this.#onlookers]) {
      // One that does not read holds up nobody.
      if (!onlooker.show(bytes)) onlooker.end('this is too slow to follow the session');
    }
  }

  resized(columns: number, rows: number): void {
    this.recorder?.resized(columns, rows);
    for (const onlooker of this.#onlookers) onlooker.resized?.(columns, rows);
  }

  async ended(end: SessionEnd): Promise<void> {
    this.#onEnd();
    this.endWhere('the session has ended', () => true);
    await this.recorder?.ended(end);
  }
}
