/** `towline backup restore`: asks a device, in its file, to put an app's data back as a backup has it. */
import type { Command } from 'commander';
import type { Document } from 'yaml';
import { backupTimeMs } from '../../core/backup/manifest.ts';
import { isBackupId } from '../../core/backup/parse-manifest.ts';
import type { ChosenDevice } from '../../core/change/device-edits.ts';
import { TowlineError } from '../../core/errors.ts';
import { withRestores } from '../../core/fleet/restores.ts';
import { timeWord } from '../../core/time-word.ts';
import type { RestoreRequest } from '../../schemas/types.generated.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { restoreProblem } from '../validate/restore-requests.ts';
import { openingOptions } from './desk-store.ts';
import {
  type BackupQuestion,
  backupFacts,
  type FindOptions,
  type WantedBackup,
  wantedBackup,
} from './wanted-backup.ts';

interface RestoreOptions
  extends ChangeOptions,
    Pick<FindOptions, 'telemetry' | 'store' | 'folder' | 'user' | 'identity'> {
  readonly repo: string;
  readonly migrate?: boolean;
  readonly unknown?: boolean;
}

/** @throws TowlineError CLI_USAGE, as `wantedBackup` */
async function findBackup(
  question: BackupQuestion,
  { unknown = false, telemetry, store, folder, user, identity, repo }: RestoreOptions,
  signal: AbortSignal,
): Promise<WantedBackup> {
  const { backup } = question;
  if (backup !== 'latest' && !isBackupId(backup))
    throw new TowlineError('CLI_USAGE', `${backup} is no id of a backup, such as 20261130T041500Z-1a2b3c4d`);
  if (unknown && backup === 'latest')
    throw new TowlineError('CLI_USAGE', '--unknown asks nobody: which one is the latest nobody says');
  if (unknown) return { id: backup, where: [] };
  const given = { telemetry, store, folder, user, identity };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return await wantedBackup(question, { repo, ...Object.fromEntries(said) }, signal);
}

/** Before anything is written. @throws TowlineError RESTORE_NO_APP, RESTORE_OTHER_RELEASE */
function assertFits({ id, file, fleet }: ChosenDevice, request: RestoreRequest): void {
  const problem = restoreProblem(fleet, id, request);
  if (problem !== undefined)
    throw new TowlineError(problem.code, problem.message, { position: { file: file.path } });
}

/** What becomes of the app, a sentence each. */
function whatHappens({ device, app }: BackupQuestion, found: WantedBackup): string[] {
  const time = timeWord(backupTimeMs(found.id));
  return [
    `The data of ${app} on ${device} goes back to ${time} (${backupFacts(found)}).`,
    `${app} is down while that takes its place; what it has written since is kept aside until it is healthy, and then removed.`,
  ];
}

async function restore(
  question: BackupQuestion,
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<void> {
  const { device, app } = question;
  const { migrate = false } = options;
  const found = await findBackup(question, options, signal);
  const { id, release } = found;
  const request: RestoreRequest = {
    ...{ app, backup: id },
    ...(release === undefined ? {} : { release }),
    ...(migrate ? { migrate } : {}),
  };
  let sentences: string[] = [];
  const { made } = await changeDevices(
    {
      ...{ options, verb: 'restore', devices: [device] },
      edit: (chosen, document: Document) => {
        assertFits(chosen, request);
        sentences = whatHappens(question, found);
        document.set('restore', document.createNode(withRestores(chosen.file.value, [request])));
      },
      message: () => `Restore ${app} on ${device}: ${id}`,
      question: () => ({ question: sentences.join('\n') }),
    },
    signal,
  );
  sayMade(made, {
    json: options.json === true,
    done: `${device} puts ${app} back as ${id} has it`,
    already: `the file of ${device} asks for that already, and it is done once; at the device, again: towline agent backup restore ${app} ${id}`,
    fields: { device, app, backup: id, release: release ?? null, migrate },
    // Who was asked has read them.
    notes: [...(options.yes === true ? sentences : []), `Then: git pull && towline status ${device} --wait`],
    shown: sentences,
  });
}

export function registerBackupRestore(backup: Command, stop: Stop): void {
  const verb = backup
    .command('restore')
    .description('Have a device put the data of an app back as a backup has it, once: a change of its file.')
    .argument('<device>', 'id of the device')
    .argument('<app>', 'app of the device')
    .argument('<backup>', 'id of the backup, or `latest`')
    .option('--migrate', 'the app has another release than the backup, and reads its data')
    .option('--unknown', 'do not ask whether the device or its store has it: the device will say')
    .option(
      '--telemetry <url>',
      'the gateway’s telemetry repository (default: git config towline.telemetry)',
    );
  openingOptions(changeOptions(verb))
    .addHelpText(
      'after',
      examples([
        [
          'towline backup restore pump-4 shop latest --dry-run',
          'what would change, and what becomes of the app',
        ],
        ['towline backup restore pump-4 shop 20261130T041500Z-1a2b3c4d', 'asks, signs, pushes'],
        ['towline backup restore pump-4 shop latest --folder /mnt/usb', 'its store lies on a disk here'],
      ]),
    )
    .action((device: string, app: string, id: string, options: RestoreOptions) =>
      restore({ device, app, backup: id }, options, stop()),
    );
}
