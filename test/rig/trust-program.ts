/** The verbs of trust alone, wired as cli/main.ts wires all. */
import { Command } from 'commander';
import { reportError } from '../../cli/command/report-error.ts';
import { stopOnSignals } from '../../cli/command/stop.ts';
import { registerApprove } from '../../cli/trust/approve.ts';
import { registerTimestamp } from '../../cli/trust/timestamp.ts';
import { registerTrust } from '../../cli/trust/trust.ts';

const program = new Command('towline').exitOverride();
const stop = stopOnSignals(process);
registerTrust(program, stop);
registerApprove(program, stop);
registerTimestamp(program, stop);
try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json');
  process.exitCode = reportError(error, process.stderr, { debug: false, json, environment: process.env });
}
