/** The verbs of trust alone, wired as cli/main.ts wires all. */
import { Command } from 'commander';
import { registerApprove } from '../../cli/approve.ts';
import { reportError } from '../../cli/report-error.ts';
import { registerTimestamp } from '../../cli/timestamp.ts';
import { registerTrust } from '../../cli/trust.ts';

const program = new Command('towline').exitOverride();
registerTrust(program);
registerApprove(program);
registerTimestamp(program);
try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json');
  process.exitCode = reportError(error, process.stderr, { debug: false, json, environment: process.env });
}
