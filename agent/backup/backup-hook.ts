/** Commands of `backup` in a container of the app. */
import { TowlineError } from '../../core/errors.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

/** @throws TowlineError BACKUP_HOOK_FAILED, ENGINE_… */
export async function runBackupHook(
  step: StepOf<'backup-hook'>,
  _context: RunContext,
  _signal: AbortSignal,
): Promise<void> {
  throw new TowlineError('BACKUP_HOOK_FAILED', `${step.service} has no hooks yet`);
}
