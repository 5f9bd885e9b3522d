/** The verbs of the command as completion needs them, for whichever shell. */
import type { Command, Option } from 'commander';

export interface CompletionOption {
  /** `--group` */
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
}

export interface CompletionVerb {
  /** `device add`, or '' for the program itself. */
  readonly path: string;
  readonly below: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** What an argument may be, where there is a list. */
  readonly choices: readonly string[];
}

const help: CompletionOption = { long: '--help', description: 'print the help', takesValue: false };

const optionOf = ({ long, description, required, optional, hidden }: Option): CompletionOption[] =>
  typeof long !== 'string' || hidden ? [] : [{ long, description, takesValue: required || optional }];

const firstLine = (text: string) => text.split('\n')[0] ?? '';

/** The verb itself, then those below it. */
export function completionVerbs(command: Command, path = ''): CompletionVerb[] {
  const commands = command.commands.filter(one => one.name() !== 'help');
  const verb: CompletionVerb = {
    path,
    below: commands.map(one => ({ name: one.name(), description: firstLine(one.description()) })),
    options: [...command.options.flatMap(optionOf), help],
    choices: command.registeredArguments.flatMap(argument => argument.argChoices ?? []),
  };
  return [verb, ...commands.flatMap(one => completionVerbs(one, `${path} ${one.name()}`.trim()))];
}

/** In single quotes, for any shell of the Bourne family. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Paths that a word can lead to: all but the program's own. */
export const namedPaths = (verbs: readonly CompletionVerb[]): string[] =>
  verbs.map(({ path }) => path).filter(path => path !== '');
