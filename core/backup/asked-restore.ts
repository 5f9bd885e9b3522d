/** A restore that a person at the device asks for: as the agent that runs is told of it. */
import { fieldsOf } from '../json.ts';
import { isBackupId } from './parse-manifest.ts';
import { asideId, asideStampOf, type RestoreNote } from './restore-note.ts';

export type AskedRestore = Pick<RestoreNote, 'backup' | 'migrate' | 'stamp'>;

const isStamp = (value: unknown): value is string =>
  typeof value === 'string' && asideStampOf(asideId(value)) !== undefined;

const isBackup = (value: unknown): value is string =>
  isBackupId(value) || (typeof value === 'string' && asideStampOf(value) !== undefined);

/** @returns undefined where it is none */
export function parseAskedRestore(value: unknown): AskedRestore | undefined {
  const { backup, migrate, stamp } = fieldsOf(value);
  if (!isBackup(backup) || typeof migrate !== 'boolean' || !isStamp(stamp)) return undefined;
  return { backup, migrate, stamp };
}
