/** Somebody who sits at a machine and types what pages say; each line and what came of it is shown. */
import type { Shell, Typed, TypeOptions } from '../../lab/root/shell.ts';
import { type Block, commandsOf } from './page.ts';

/** What is typed otherwise than it stands on the page: each name, and why there is no other way, in scripts/walk.ts. */
export type Table = ReadonlyMap<string, string>;

export interface DoesOptions extends TypeOptions {
  /** Words of the block that its reader fills in: `HEX`, `COMMIT`. */
  readonly words?: Readonly<Record<string, string>>;
}

const shownLines = 12;

export class Seat {
  readonly who: string;
  readonly shell: Shell;
  readonly #table: Table;

  constructor(who: string, shell: Shell, table: Table) {
    this.who = who;
    this.shell = shell;
    this.#table = table;
  }

  #filled(text: string, words: Readonly<Record<string, string>> = {}): string {
    let filled = text;
    for (const [from, to] of [...this.#table, ...Object.entries(words)]) filled = filled.replaceAll(from, to);
    return filled;
  }

  /** Types each line of a block, or a line of a page. @returns the screen. @throws Error where one does not end with 0 */
  async does(what: Block | string, options: DoesOptions = {}): Promise<string> {
    const text = typeof what === 'string' ? what : what.text;
    const from = typeof what === 'string' ? '' : `   (${what.page}:${what.line})`;
    let screen = '';
    for (const command of commandsOf(this.#filled(text, options.words))) {
      const typed = await this.types(command, options, from);
      if (typed.code !== 0) throw new Error(`exit ${typed.code}: ${command}${from}\n${typed.screen}`);
      screen += typed.screen;
    }
    return screen;
  }

  /** Types one line, whatever it ends with. */
  async types(command: string, options: TypeOptions = {}, from = ''): Promise<Typed> {
    console.log(`\n${this.who}$ ${command}${from}`);
    const typed = await this.shell.type(command, options);
    const lines = typed.screen
      .trimEnd()
      .split('\n')
      .map(line => line.slice(0, 300));
    const cut = lines.length > shownLines ? [`… ${lines.length - shownLines} lines`] : [];
    for (const line of [...cut, ...lines.slice(-shownLines)]) if (line !== '') console.log(`  ${line}`);
    if (typed.code !== 0) console.log(`  [exit ${typed.code}]`);
    return typed;
  }

  /** Types the same line again and again until the screen shows it. @returns that screen */
  async until(command: string, shows: RegExp, timeoutMs = 180_000): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { screen } = await this.shell.type(this.#filled(command));
      if (shows.test(screen)) {
        console.log(
          `\n${this.who}$ ${command}   (until ${shows.source})\n${screen.trimEnd().replaceAll(/^/gm, '  ')}`,
        );
        return screen;
      }
      if (performance.now() > deadline)
        throw new Error(`${command} does not show ${shows.source}:\n${screen}`);
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
}
