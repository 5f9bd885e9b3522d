/** `towline`: the operator's command. One file per verb. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

// A third of the time to start. In the person's own cache: what is compiled there is run.
enableCompileCache(path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'towline'));

const { endWhenPipeCloses } = await import('./closed-pipe.ts');
endWhenPipeCloses([process.stdout, process.stderr]);
const { makeProgram } = await import('./program.ts');
const { reportError } = await import('./report-error.ts');

const json = process.argv.includes('--json');
try {
  await makeProgram({ quiet: json }).parseAsync();
} catch (error) {
  process.exitCode = reportError(error, process.stderr, {
    debug: process.argv.includes('--debug'),
    json,
    environment: process.env,
  });
}
