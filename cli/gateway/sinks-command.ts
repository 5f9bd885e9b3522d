/** `towline gateway sinks` as a command: what it does is read when it is asked for. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import type { SinksOptions } from './sinks.ts';

export function registerGatewaySinks(gateway: Command, stop: Stop): void {
  gateway
    .command('sinks')
    .description(
      "how the gateway's sinks stand: lag, rate, errors, dead letters; or have something told again",
    )
    .option('--config <file>', "the gateway's gateway.yaml (default: of towline gateway)")
    .option('--replay <sink>', 'tell this sink again what devices recorded since --from')
    .option('--from <time>', 'a moment in UTC such as 2026-11-23T18:00:00Z, or how long ago, such as 2h')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline gateway sinks', "on the gateway's machine, as its user or as root"],
        ['towline gateway sinks --replay central --from 2h', 'after the receiver lost two hours'],
      ]),
    )
    // `--config` stands on both commands: the nearer one is meant.
    .action(async (_options: unknown, command: Command) => {
      const { sinks } = await import('./sinks.ts');
      await sinks(command.optsWithGlobals<SinksOptions>(), stop());
    });
}
