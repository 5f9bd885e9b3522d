/** Unpacks a backup beside the volumes of its app, which runs on meanwhile. */
import { TowlineError } from '../../core/errors.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';
import type { DataRoom } from './data-room.ts';

/** @throws TowlineError BACKUP_…, RESTORE_…, ENGINE_… */
export async function unpackBackup(
  _room: DataRoom,
  step: StepOf<'unpack-backup'>,
  _context: RunContext,
  _signal: AbortSignal,
): Promise<void> {
  throw new TowlineError('BACKUP_FAILED', `backup ${step.backup} is not unpacked yet`);
}
