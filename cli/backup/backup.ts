/** `towline backup`: what devices keep of their apps' data. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerBackupKey } from './key.ts';
import { registerBackupList } from './list.ts';
import { registerBackupPrune } from './prune.ts';
import { registerBackupPull } from './pull.ts';
import { registerBackupRestore } from './restore.ts';
import { registerBackupShow } from './show.ts';
import { registerBackupVerify } from './verify.ts';

export function registerBackup(backup: Command, stop: Stop): void {
  registerBackupList(backup, stop);
  registerBackupShow(backup, stop);
  registerBackupRestore(backup, stop);
  registerBackupPull(backup, stop);
  registerBackupVerify(backup, stop);
  registerBackupPrune(backup, stop);
  registerBackupKey(backup);
  backup.addHelpText(
    'after',
    examples([
      ['towline backup list -l site=berlin', 'what is kept at a site, and where'],
      ['towline backup show pump-4 latest', 'one backup'],
      ['towline backup restore pump-4 shop latest', 'the data of an app, as it was then'],
    ]),
  );
}
