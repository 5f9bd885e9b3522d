/** What of an app's data is kept, and what is put back: as its file and the device's say it. */
import { type BackupTold, checkBackup } from '../backup/problems.ts';
import { backupSettings } from '../backup/settings.ts';
import type { ComposeResult } from '../compose/load/load.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import { restoresOf } from '../fleet/restores.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { AppFiles } from './app-files.ts';
import type { DesiredProject } from './state.ts';

/** As the desired state has it: nothing where nothing is said. */
export function appData(
  device: Parameters<typeof restoresOf>[0],
  app: string,
  file: CheckedFile<'app'> | undefined,
  declared: ComposeResult['volumes'],
): Pick<DesiredProject, 'backup' | 'restore'> {
  const backup = backupSettings(file?.value.backup, declared);
  const kept = backup === undefined ? {} : { backup };
  const asked = restoresOf(device).find(request => request.app === app);
  if (asked === undefined) return kept;
  const { backup: id, release, migrate = false } = asked;
  return { ...kept, restore: { backup: id, migrate, ...(release === undefined ? {} : { release }) } };
}

/** What is wrong with what its file says of backups, and what only looks wrong. */
export function backupTold(
  { model, volumes }: { readonly model: ComposeModel; readonly volumes: ComposeResult['volumes'] },
  { app, release }: AppFiles,
): BackupTold {
  const oneWay = release?.value.migration === 'one-way' ? release.locate('/migration') : undefined;
  return checkBackup({ model, volumes, file: app, oneWay });
}
