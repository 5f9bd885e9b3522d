/**
 * What a person sees: tables and colour on a terminal, plain text elsewhere. Whatever is printed goes through one rule
 * (core/shown-text.ts): a line stays a line, and no text steers a terminal.
 */
import { randomUUID } from 'node:crypto';
import { printable, shownJson } from '../../core/shown-text.ts';
import { cellLines, fittingWidths, recordLines, saidColumns } from './table-layout.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

const codes: Readonly<Record<Colour, number>> = {
  ...{ bold: 1, dim: 2 },
  ...{ red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 },
};

/** Wider columns push only what stands behind them: one long cell would make every line as long. */
const widestColumn = 80;

export class Terminal {
  readonly #output: Output;
  readonly #coloured: boolean;
  /** Characters of a line; undefined where nobody looks at it, but a program. */
  readonly #width: number | undefined;
  /** Stands for an escape in text that is yet to be made printable: nobody else can write it. */
  readonly #escape = randomUUID();

  constructor(output: Output, environment: Readonly<Record<string, string | undefined>>) {
    this.#output = output;
    this.#coloured = output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
    const width = output.columns || Number(environment.COLUMNS);
    this.#width = output.isTTY === true && width > 0 ? width : undefined;
  }

  /** One line, whatever stands in the text. */
  line(text = ''): void {
    this.#output.write(`${printable(text).replaceAll(this.#escape, '\u001b')}\n`);
  }

  /** A text of several lines, such as a document: its line ends and tabs are its own. */
  lines(text: string): void {
    for (const line of text.split('\n')) {
      this.#output.write(`${line.split('\t').map(printable).join('\t')}\n`);
    }
  }

  /** Whether a person looks at it, so that what was shown can be shown anew in its place. */
  get isScreen(): boolean {
    return this.#output.isTTY === true;
  }

  /** On a screen: what follows stands where the text before stood. */
  clear(): void {
    if (this.isScreen) this.#output.write('\u001b[H\u001b[2J\u001b[3J');
  }

  json(value: unknown): void {
    this.#output.write(`${shownJson(value, 2)}\n`);
  }

  colour(colour: Colour, text: string): string {
    return this.#coloured ? `${this.#escape}[${codes[colour]}m${text}${this.#escape}[0m` : text;
  }

  /** Columns as wide as their longest cell, to a limit; on a terminal they fit into its width. */
  table(head: readonly string[], rows: readonly (readonly string[])[], indent = ''): void {
    const cells = rows.map(row => row.map(cell => printable(cell.replace(/\s+/g, ' '))));
    const widths = head.map((title, column) =>
      cells.reduce(
        (widest, row) => Math.max(widest, Math.min((row[column] ?? '').length, widestColumn)),
        title.length,
      ),
    );
    if (this.#width !== undefined) {
      this.#fittingTable(head, cells, { indent, width: this.#width });
      return;
    }
    const format = (row: readonly string[]) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd();
    this.line(indent + this.colour('bold', format(head)));
    for (const row of cells) this.line(indent + format(row));
  }

  #fittingTable(
    head: readonly string[],
    cells: readonly (readonly string[])[],
    { indent, width }: { readonly indent: string; readonly width: number },
  ): void {
    const natural = head.map((title, column) =>
      cells.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), title.length),
    );
    const room = width - indent.length - 2 * (head.length - 1);
    const sumOf = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0);
    const said = saidColumns(head.length, cells);
    if (sumOf(natural) > room && said.length > 0 && said.length < head.length) {
      const only = (row: readonly string[]) => said.map(column => row[column] ?? '');
      this.#fittingTable(only(head), cells.map(only), { indent, width });
      return;
    }
    const widths = fittingWidths(natural, room);
    if (sumOf(widths) > room) {
      for (const line of recordLines(head, cells, width - indent.length)) this.line(indent + line);
      return;
    }
    const format = (row: readonly string[]) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd();
    const show = (row: readonly string[], shown: (text: string) => string) => {
      const parts = row.map((cell, column) => cellLines(cell, widths[column] ?? cell.length));
      const height = Math.max(...parts.map(lines => lines.length));
      for (let at = 0; at < height; at++)
        this.line(indent + shown(format(parts.map(lines => lines[at] ?? ''))));
    };
    show(head, text => this.colour('bold', text));
    for (const row of cells) show(row, text => text);
  }
}

/** The terminal of this process's standard output. */
export const standardTerminal = (): Terminal => new Terminal(process.stdout, process.env);
