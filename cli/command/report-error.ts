/** How an error is shown: code, message, remedy. A stack only with --debug. */

import { CommanderError } from 'commander';
import { messageOf } from '../../core/errors/cause.ts';
import {
  FleetProblems,
  formatProblem,
  isTowlineError,
  type Problem,
  problemJson,
  TowlineError,
} from '../../core/errors.ts';
import { exitCode, exitCodeOf } from './exit-code.ts';
import { type Output, Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly debug: boolean;
  readonly json: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The verb that was asked for, whose help is named: `towline device add`. */
  readonly verb?: string | undefined;
}

const asJson = (error: TowlineError) => ({
  code: error.code,
  message: error.message,
  remedy: error.remedy,
  ...(error.position === undefined ? {} : { position: error.position }),
  ...(error instanceof FleetProblems ? { problems: error.problems.map(problemJson) } : {}),
});

/** A finding that keeps nothing from being done. */
export const formatWarning = (terminal: Terminal, warning: Problem): string =>
  formatProblem({ ...warning, message: `${terminal.colour('yellow', 'warning')}: ${warning.message}` });

/** Of a wrong command line: the help of that very verb, as it can be typed. */
const remedyOf = (error: TowlineError, { verb }: ReportOptions): string =>
  error.code === 'CLI_USAGE' && verb !== undefined
    ? `\`${verb} --help\` has its options and examples.`
    : error.remedy;

/** What commander refuses: options and arguments. */
function usageError(error: CommanderError): TowlineError {
  const message =
    error.code === 'commander.help'
      ? 'a verb is missing'
      : error.message.replace(/^error: /, '').replace(/\n+/g, ' ');
  return new TowlineError('CLI_USAGE', message, { cause: error });
}

/**
 * Shows the error on `output` (standard error; with --json as one JSON object).
 * @returns the exit code
 */
export function reportError(error: unknown, output: Output, options: ReportOptions): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.ok;
    // Help in place of an answer: for a person commander has printed it.
    if (error.code !== 'commander.help' || options.json)
      return reportError(usageError(error), output, options);
    return exitCode.usage;
  }
  const terminal = new Terminal(output, options.environment);
  const known = isTowlineError(error)
    ? error
    : new TowlineError('CLI_INTERNAL', messageOf(error), {
        cause: error,
      });
  if (options.json) terminal.json({ error: { ...asJson(known), remedy: remedyOf(known, options) } });
  else {
    if (known instanceof FleetProblems) {
      for (const problem of known.problems) terminal.line(formatProblem(problem));
    }
    const place =
      known.position === undefined
        ? ''
        : `${formatProblem({ ...known, position: known.position, message: '' }).split(' ')[0]}: `;
    terminal.line(`${terminal.colour('red', known.code)} ${place}${known.message}`);
    terminal.line(`  ${remedyOf(known, options)}`);
  }
  if (options.debug) terminal.lines(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodeOf(known.code);
}
