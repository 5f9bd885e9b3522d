/** `towline`: the operator's command. One file per verb. */
import { Command } from 'commander';

const program = new Command('towline')
  .description('Runs a fleet of Linux devices from one signed git repository.')
  .version('0.1.0');

await program.parseAsync();
