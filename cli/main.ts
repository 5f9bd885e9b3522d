/** `towline`: the operator's command. One file per verb. */
import { makeProgram } from './program.ts';
import { reportError } from './report-error.ts';

const program = makeProgram();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, process.stderr, {
    debug: process.argv.includes('--debug'),
    json: process.argv.includes('--json'),
    environment: process.env,
  });
}
