/** Options that the verbs of tunnels share. */
import type { Command } from 'commander';
import { TowlineError } from '../../../core/errors.ts';
import { parseDuration } from '../../../core/fleet/duration.ts';
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

/** @throws TowlineError CLI_USAGE */
export function durationOption(name: string, text: string): number {
  try {
    const durationMs = parseDuration(text);
    if (durationMs > 0) return durationMs;
  } catch {
    // Said below.
  }
  throw new TowlineError('CLI_USAGE', `${name}: ${text} is no duration, such as 90s or 1h30m`);
}

const maxReasonLength = 500;

/** One line of text. @throws TowlineError CLI_USAGE */
export function reasonOption(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= maxReasonLength && !/\p{Cc}/u.test(reason)) return reason;
  throw new TowlineError('CLI_USAGE', `--reason is one line of 1 to ${maxReasonLength} characters`);
}
