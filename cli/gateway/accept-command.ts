/** `towline gateway accept` as a command: what it does is read when it is asked for. */
import type { Command } from 'commander';
import { dialledOption } from '../command/address-option.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import type { AcceptOptions } from './accept.ts';

const peoplePort = 2222;

export function registerGatewayAccept(gateway: Command, stop: Stop): void {
  gateway
    .command('accept')
    .description('Write the keys that a gateway shows into fleet.yaml, after its fingerprint was compared.')
    .requiredOption(
      '--address <host:port>',
      'its device port, as devices dial it',
      dialledOption('--address'),
    )
    .option(
      '--people <host:port>',
      `its port for people (default: port ${peoplePort} there)`,
      dialledOption('--people'),
    )
    .option(
      '--fingerprint <text>',
      'what `towline gateway init` shows on the gateway (asked for on a terminal)',
    )
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway accept --address gateway.example.com:8443',
          'at your desk: asks for the fingerprint',
        ],
      ]),
    )
    .action(async (options: Omit<AcceptOptions, 'peoplePort'>) => {
      const { accept } = await import('./accept.ts');
      await accept({ ...options, peoplePort }, stop());
    });
}
