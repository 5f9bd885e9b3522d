/** `towline`: the operator's command. One file per verb, loaded when it is asked for. */
import module from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

// A third of the time to start. In the person's own cache: what is compiled there is run.
module.enableCompileCache?.(
  path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'towline'),
);

const { endWhenUnwritable } = await import('../core/io/standard-streams.ts');
endWhenUnwritable([process.stdout, process.stderr]);
const { makeProgram, verbOf } = await import('./program.ts');
const { reportError } = await import('./command/report-error.ts');
const { stopOnSignals, stoppedCode, wasStopped } = await import('./command/stop.ts');

const json = process.argv.includes('--json');
const words = process.argv.slice(2);
let program: Awaited<ReturnType<typeof makeProgram>> | undefined;
try {
  program = await makeProgram({ quiet: json, stop: stopOnSignals(process), words });
  await program.parseAsync();
} catch (error) {
  // All is taken back by now; a connection that still closes is not waited for.
  if (wasStopped(error)) process.exit(stoppedCode);
  process.exitCode = reportError(error, process.stderr, {
    debug: process.argv.includes('--debug'),
    json,
    environment: process.env,
    verb: verbOf(program, words),
  });
}
