/** What a verb of a lab has done, in words or as JSON; and its options. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { type NameOptions, nameOption } from './named-lab.ts';

export interface DoneOptions extends NameOptions {
  readonly json?: boolean;
}

export function tellDone({ json = false }: DoneOptions, facts: object, words: string): void {
  const terminal = standardTerminal();
  if (json) terminal.json(facts);
  else terminal.line(words);
}

/** @param lines examples: command and meaning */
export const changing = (
  command: Command,
  about: string,
  lines: readonly (readonly [command: string, meaning: string])[],
): Command =>
  nameOption(command.description(about))
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples(lines));
