/**
 * The list of verbs. A verb's file is loaded when the verb is asked for: `towline --version` reads none of them.
 * Nothing is done here: scripts/generate/cli-reference.ts reads it too.
 */
import { Command, Help } from 'commander';
import { version } from '../core/version.ts';
import { exitCodeMeanings } from './command/exit-code.ts';
import { neverStopped, type Stop } from './command/stop.ts';
import { verbs } from './verbs/verb-list.ts';

const exitCodes = () =>
  [
    '',
    'Exit codes:',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');

export interface ProgramOptions {
  /** No help in place of an answer: with `--json` all that is printed is JSON. */
  readonly quiet?: boolean;
  /** What ends verbs that wait. */
  readonly stop?: Stop;
  /** Words of the command line; the verb that they name is loaded whole, of the others name and sentence. Without: all. */
  readonly words?: readonly string[];
}

/** The first word that is no option; after `help`, the one that help is asked for. */
function verbAsked(words: readonly string[]): string | undefined {
  const [first, second] = words.filter(word => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

const help = new Help();

/** How a verb stands in the list of verbs, whether it is loaded or not. */
function subcommandTerm(command: Command): string {
  const verb = verbs.find(({ name }) => name === command.name());
  return verb === undefined ? help.subcommandTerm(command) : `${verb.name} ${verb.usage}`.trim();
}

export async function makeProgram({
  quiet = false,
  stop = neverStopped,
  words,
}: ProgramOptions = {}): Promise<Command> {
  const program = new Command('towline')
    .description('Runs a fleet of Linux devices from one signed git repository.')
    .version(version, '-V, --version', 'print the version')
    .option('--debug', 'print stacks of unexpected errors')
    .showSuggestionAfterError()
    // Errors are shown in one place: report-error.ts.
    .configureOutput({ outputError: () => undefined, ...(quiet ? { writeErr: () => undefined } : {}) })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', exitCodes)
    .exitOverride();
  const asked = words && verbAsked(words);
  for (const { name, about, load } of verbs) {
    const command = program.command(name).description(about);
    if (words !== undefined && asked !== name) continue;
    const register = await load();
    register(command, stop, makeProgram);
  }
  // Of this list alone: below a verb all is loaded.
  return program.configureHelp({ showGlobalOptions: false, subcommandTerm });
}

/** As it is typed: `towline device add`. Undefined where the words name no verb. */
export function verbOf(program: Command | undefined, words: readonly string[]): string | undefined {
  let command = program;
  const names = ['towline'];
  for (const word of words) {
    const found = command?.commands.find(candidate => candidate.name() === word);
    if (found === undefined) continue;
    command = found;
    names.push(word);
  }
  return names.length > 1 ? names.join(' ') : undefined;
}
