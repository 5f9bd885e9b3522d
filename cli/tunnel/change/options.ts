/** Options that the verbs of tunnels share. */
import type { Command } from 'commander';
import type { RemoteOptions } from '../../change/remote-main.ts';

export interface WaitOptions extends RemoteOptions {
  readonly wait: boolean;
  readonly waitFor: string;
  readonly gateway?: string;
  readonly telemetry?: string;
}

export function waitOptions(command: Command): Command {
  return command
    .option('--no-wait', 'not until it is so at the gateway and on the device')
    .option('--wait-for <duration>', 'how long it is waited for at most', '10m')
    .option(
      '--gateway <url>',
      'the gateway’s SSH port, ssh://gw.acme.com:2222 (default: that of telemetry, else of the remote)',
    )
    .option(
      '--telemetry <url>',
      'the gateway’s telemetry repository (default: git config towline.telemetry)',
    );
}
