/** Options of the verbs that read what devices said of their backups. */
import type { Command } from 'commander';

export interface BackupFleetOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
}

export const withBackupFleet = (command: Command): Command =>
  command
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys, and says what is wanted', '.')
    .option('--commit <rev>', 'the commit of it to read (default: HEAD)');
