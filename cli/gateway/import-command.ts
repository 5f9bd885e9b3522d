/** `towline gateway import` as a command: what it does is read when it is asked for. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import type { ImportOptions } from './import.ts';

export function registerGatewayImport(gateway: Command, stop: Stop): void {
  gateway
    .command('import')
    .argument('<file>', 'a bundle, as `towline bundle create` writes it; - reads it from standard input')
    .description('bring a bundle to a gateway without an uplink: its commits and its images')
    .option('--config <file>', "the gateway's gateway.yaml (default: of towline gateway)")
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway import /media/stick/site-4.tlb',
          "on the gateway's machine, as its user or as root",
        ],
        ['ssh site-4 towline gateway import - < site-4.tlb', 'from where the file is'],
      ]),
    )
    // `--config` stands on both commands: the nearer one is meant.
    .action(async (file: string, _options: unknown, command: Command) => {
      const { importBundle } = await import('./import.ts');
      await importBundle(file, command.optsWithGlobals<ImportOptions>(), stop());
    });
}
