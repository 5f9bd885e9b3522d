/** How the demo tells what happens: commands as a person would type them, and what the system answered. */
import { stripVTControlCharacters } from 'node:util';

export interface Narrator {
  /** A new part of the story. */
  scene(title: string): void;
  /** A command that was run, as a person types it. */
  command(line: string): void;
  /** What a command or a program said: shown as it came. */
  output(text: string): void;
}

/** Says nothing: for tests. */
export const silent: Narrator = { scene: () => {}, command: () => {}, output: () => {} };

const widest = 160;

/** Writes to a stream; colours on a terminal only. */
export class TerminalNarrator implements Narrator {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedMs = performance.now();
  #scenes = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  scene(title: string): void {
    this.#scenes++;
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(0);
    this.#write(
      `\n${this.#styled('1', `${this.#scenes}. ${title}`)} ${this.#styled('2', `(${seconds} s)`)}\n`,
    );
  }

  command(line: string): void {
    this.#write(`${this.#styled('36', `   $ ${line}`)}\n`);
  }

  output(text: string): void {
    for (const line of stripVTControlCharacters(text).trimEnd().split('\n')) {
      this.#write(`     ${line.length > widest ? `${line.slice(0, widest)}…` : line}\n`);
    }
  }

  #styled(code: string, text: string): string {
    const plain = !this.#stream.isTTY || (process.env.NO_COLOR ?? '') !== '';
    return plain ? text : `\x1b[${code}m${text}\x1b[0m`;
  }

  #write(text: string): void {
    this.#stream.write(text);
  }
}
