import type { Command } from 'commander';

/** Where the fleet and its gateway are: what all verbs of sessions take. */
export function withFleetOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository: it has the keys of devices', '.')
    .option(
      '--gateway <url>',
      'the gateway’s SSH port, ssh://host:port (default: that of telemetry, else of the remote)',
    )
    .option(
      '--telemetry <url>',
      'the gateway’s telemetry repository (default: git config towline.telemetry)',
    );
}
