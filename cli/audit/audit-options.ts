import type { Command } from 'commander';
import type { AuditPlace } from './opened-audit.ts';

/** Where the log is, and who may have signed it: what all verbs of the audit log take. */
export function withAuditOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository: fleet.yaml names the keys that count', '.')
    .option(
      '--telemetry <url>',
      'the gateway’s telemetry repository, or a forge that mirrors it (default: git config towline.telemetry)',
    );
}

export interface AuditFilterOptions extends AuditPlace {
  readonly device?: string;
  readonly person?: string;
  readonly type?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}
