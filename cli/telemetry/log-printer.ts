/** Lines of logs on a terminal: colours by service. */
import { shownJson } from '../../core/shown-text.ts';
import { type LogLine, sortable } from '../../core/telemetry/reading/log-lines.ts';
import type { Colour, Terminal } from '../command/terminal.ts';

const colours: readonly Colour[] = ['cyan', 'green', 'magenta', 'blue', 'yellow'];

function colourOf(name: string): Colour {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return colours[sum % colours.length] ?? 'cyan';
}

export class LogPrinter {
  readonly #terminal: Terminal;
  readonly #manyDevices: boolean;

  constructor(terminal: Terminal, manyDevices: boolean) {
    this.#terminal = terminal;
    this.#manyDevices = manyDevices;
  }

  show(line: LogLine): void {
    const terminal = this.#terminal;
    const { device, service, time, level, isGap, text } = line;
    const name = this.#manyDevices ? `${device} ${service}` : service;
    const front = `${terminal.colour('dim', `${sortable(time).slice(0, 23)}Z`)} ${terminal.colour(colourOf(name), name)}`;
    // Of a record with several lines each stands behind the same front: what is read is what was written.
    for (const part of text.split('\n')) {
      const isBad = level === 'error' || level === 'fatal';
      const said = isGap
        ? terminal.colour('yellow', `-- ${part}`)
        : isBad
          ? terminal.colour('red', part)
          : part;
      terminal.line(`${front} ${said}`);
    }
  }

  json({ device, project, service, container, id, record }: LogLine): void {
    this.#terminal.line(shownJson({ id, device, project, service, container, ...record }));
  }
}
