/** What a person at the device may have done to the data of an app: it is noted, and the next pass carries it out. */
import type { AskedRestore } from '../../core/backup/asked-restore.ts';
import { TowlineError } from '../../core/errors.ts';
import type { RestoreNotes } from '../projects/restore-notes.ts';

/** In place of what is noted, damaged or not. @throws TowlineError RESTORE_UNDER_WAY, AGENT_DISK_FULL */
export async function noteRestore(
  notes: RestoreNotes,
  project: string,
  { backup, migrate, stamp }: AskedRestore,
): Promise<void> {
  await notes.change(project, before => {
    if (before !== undefined && before !== 'damaged' && before.phase === 'unpacked')
      throw underWay(project, before.backup);
    // Nothing starts before: some volumes may have been exchanged, and others not.
    const torn = before === 'damaged' || before?.exchanging === true ? ({ exchanging: true } as const) : {};
    return { backup, cause: 'person', migrate, stamp, phase: 'asked', volumes: [], ...torn };
  });
}

/** @returns whether there was one. @throws TowlineError RESTORE_UNDER_WAY */
export async function cancelRestore(notes: RestoreNotes, project: string): Promise<boolean> {
  return await notes.clear(project, note => {
    if (note === 'damaged' || note.cause !== 'person') return false;
    if (note.phase === 'unpacked' || note.exchanging === true) throw underWay(project, note.backup);
    return true;
  });
}

function underWay(project: string, backup: string): TowlineError {
  return new TowlineError('RESTORE_UNDER_WAY', `backup ${backup} of ${project} is being put back`);
}
