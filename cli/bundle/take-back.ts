/** `towline bundle take-back`: what a device without a network has exported, pushed for it. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { withFleetOptions } from '../session/fleet-options.ts';
import type { GatewayOptions } from '../tunnel/word/gateway-word.ts';
import { bytesOf } from './input.ts';
import { pushStatus } from './push-status.ts';

interface TakeBackOptions extends GatewayOptions {
  readonly json?: boolean;
}

export function registerTakeBack(bundle: Command, stop: Stop): void {
  withFleetOptions(bundle.command('take-back'))
    .argument('<file>', 'what `towline agent export-status` wrote; - reads it from standard input')
    .description('push for a device what it has exported: its status, logs, metrics and events')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline bundle take-back pump-17.status', 'needs `bundles` in your operators/<name>.yaml'],
        ['towline bundle take-back - < pump-17.status', 'from standard input'],
      ]),
    )
    .action(async (file: string, options: TakeBackOptions) => await takeBack(file, options, stop()));
}

async function takeBack(file: string, options: TakeBackOptions, signal: AbortSignal): Promise<void> {
  const input = await bytesOf(file, signal);
  const { device, head, pushed } = await pushStatus(input, options, signal);
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ device, head, pushed });
  else if (pushed === 0) terminal.line(`${device}: all of it was there already`);
  else terminal.line(`${device}: ${pushed} commits were pushed, its branch is at ${head}`);
}
