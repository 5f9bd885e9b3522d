/** What of an app's data is kept, and what is put back: as its file and the device's say it. */
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { backupSettings } from '../backup/settings.ts';
import type { ComposeResult } from '../compose/load/load.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { DesiredProject } from './state.ts';

/** As the desired state has it: nothing where nothing is said. */
export function appData(
  asked: DeviceFile['restore'],
  app: string,
  file: CheckedFile<'app'> | undefined,
  declared: ComposeResult['volumes'],
): Pick<DesiredProject, 'backup' | 'restore'> {
  const backup = backupSettings(file?.value.backup, declared);
  const kept = backup === undefined ? {} : { backup };
  if (asked?.app !== app) return kept;
  const { backup: id, release, migrate = false } = asked;
  return { ...kept, restore: { backup: id, migrate, ...(release === undefined ? {} : { release }) } };
}
