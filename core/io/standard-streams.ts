/** What becomes of a program that a person runs when nobody takes what it says any more. */
import { writeSync } from 'node:fs';
import { errnoOf, messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';

/** What a shell says of a program that wrote to a pipe whose reader had gone: 128 and the number of SIGPIPE. */
const pipeExitCode = 141;
const standardError = 2;

/**
 * Ends quietly when the reader is gone, as in `towline --help | head`; with one sentence where it cannot be written for
 * another reason, such as a full disk. A stack would help nobody.
 */
export function endWhenUnwritable(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (errnoOf(error) === 'EPIPE') process.exit(pipeExitCode);
      tell(new TowlineError('CLI_OUTPUT', messageOf(error), { cause: error }));
      process.exit(1);
    });
  }
}

function tell({ code, message, remedy }: TowlineError): void {
  try {
    writeSync(standardError, `${code} ${message}\n  ${remedy}\n`);
  } catch {
    // It may be standard error itself.
  }
}
