/**
 * The terminal in which the portal was started: the one place where its person is asked. Enter, where nothing is asked, is for a new
 * address. One question at a time; what is typed ahead of it answers nothing.
 */
import { createInterface, type Interface } from 'node:readline';
import type { Terminal } from '../command/terminal.ts';

export interface DeskTerminalOptions {
  /** Where questions and addresses stand. */
  readonly terminal: Terminal;
  readonly input: NodeJS.ReadStream;
  /** Enter was pressed, and nothing was asked. */
  readonly entered: () => void;
}

/** Who is typing an answer when its question is taken back has typed it by then, milliseconds. */
const typingMs = 10_000;

export class DeskTerminal implements Disposable {
  readonly #options: DeskTerminalOptions;
  readonly #lines: Interface | undefined;
  #answer: ((typed: string | undefined) => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Until then a line was meant for a question that was taken back. */
  #meantUntilMs = 0;

  constructor(options: DeskTerminalOptions) {
    this.#options = options;
    if (options.input.isTTY !== true) return;
    this.#lines = createInterface({ input: options.input, terminal: false });
    this.#lines.on('line', line => this.#typed(line));
    this.#lines.on('close', () => this.#typed(undefined));
  }

  /** Whether anybody can be asked. */
  get isThere(): boolean {
    return this.#lines !== undefined;
  }

  /** @param text lines, as they stand before the answer @returns undefined: nobody can be asked, or nobody answered in time */
  async ask(text: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#lines === undefined) return undefined;
    const asked = this.#turn.then(() => this.#ask(text, signal));
    this.#turn = asked.catch(() => undefined);
    return await asked;
  }

  #ask(text: string, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    this.#options.terminal.lines(text);
    return new Promise(resolve => {
      // What is typed then was meant for this one, and answers no other.
      const gone = () => {
        this.#meantUntilMs = performance.now() + typingMs;
        this.#options.terminal.line('  not asked any more: nothing is signed');
        end(undefined);
      };
      const end = (typed: string | undefined) => {
        signal.removeEventListener('abort', gone);
        this.#answer = undefined;
        resolve(typed);
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#answer = end;
    });
  }

  #typed(line: string | undefined): void {
    const isMeant = line !== undefined && performance.now() < this.#meantUntilMs;
    this.#meantUntilMs = 0;
    // A page that takes back what it asked, and asks another thing just then, gets no answer to that.
    if (this.#answer !== undefined && isMeant)
      this.#options.terminal.line('  this is another question: read it, and answer it once more');
    else if (this.#answer !== undefined) this.#answer(line);
    else if (line?.trim() === '') this.#options.entered();
  }

  [Symbol.dispose](): void {
    this.#answer?.(undefined);
    this.#lines?.close();
  }
}
