/** What a person sees: tables and colour on a terminal, plain text elsewhere. */

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** Text from files and devices must not steer a terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');

export class Terminal {
  readonly #output: Output;
  readonly #coloured: boolean;

  constructor(output: Output, environment: Readonly<Record<string, string | undefined>>) {
    this.#output = output;
    this.#coloured = output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  }

  line(text = ''): void {
    this.#output.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, undefined, 2));
  }

  colour(colour: Colour, text: string): string {
    return this.#coloured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
  }

  /** Columns as wide as their longest cell; cells of untrusted text are made printable and one line. */
  table(head: readonly string[], rows: readonly (readonly string[])[], indent = ''): void {
    const cells = rows.map(row => row.map(cell => printable(cell).replace(/\s+/g, ' ')));
    const widths = head.map((title, column) =>
      Math.max(title.length, ...cells.map(row => (row[column] ?? '').length)),
    );
    const format = (row: readonly string[]) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd();
    this.line(indent + this.colour('bold', format(head)));
    for (const row of cells) this.line(indent + format(row));
  }
}

/** The terminal of this process's standard output. */
export const standardTerminal = (): Terminal => new Terminal(process.stdout, process.env);
