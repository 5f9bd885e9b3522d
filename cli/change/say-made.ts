/** What became of a change, for a person or a program. */
import { standardTerminal } from '../command/terminal.ts';
import type { Made } from './make-change.ts';

export interface Saying {
  readonly json: boolean;
  /** In one line what is so now: `pump-17 is paused`. */
  readonly done: string;
  /** Where it was so before. */
  readonly already: string;
  /** More for a program, beside `how`, `files`, `commit`, `branch`, `diff`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** More lines for a person, once it is done. */
  readonly notes?: readonly string[];
  /** Lines behind a diff that is only shown: what no diff says. */
  readonly shown?: readonly string[];
}

export function sayMade(
  made: Made,
  { json, done, already, fields = {}, notes = [], shown = [] }: Saying,
): void {
  const terminal = standardTerminal();
  if (json) {
    terminal.json({ ...fields, ...made });
    return;
  }
  switch (made.how) {
    case 'unchanged':
      terminal.line(already);
      return;
    case 'shown':
      terminal.lines(made.diff);
      for (const line of shown) terminal.line(line);
      return;
    case 'written':
      for (const file of made.files) terminal.line(`${terminal.colour('green', 'wrote')} ${file}`);
      terminal.line(`${done}, once that is committed and pushed`);
      break;
    case 'proposed':
      terminal.line(`${terminal.colour('green', 'pushed')} ${made.branch}: ${done}, once it is merged`);
      terminal.line(
        made.approvedBy === undefined ? 'not approved by anybody yet' : `approved by ${made.approvedBy}`,
      );
      for (const word of made.words) terminal.line(`  ${word}`);
      break;
    case 'pushed':
      terminal.line(`${terminal.colour('green', 'pushed')} ${made.commit.slice(0, 12)}: ${done}`);
      break;
  }
  for (const note of notes) terminal.line(note);
}
