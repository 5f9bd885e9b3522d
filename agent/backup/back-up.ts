/** Carries out the steps of a backup. */
import { TowlineError } from '../../core/errors.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

/** @throws TowlineError BACKUP_FAILED, BACKUP_NO_SPACE, BACKUP_TIMEOUT, BACKUP_HELPER, ENGINE_… */
export async function backUp(
  step: StepOf<'back-up'>,
  _context: RunContext,
  _signal: AbortSignal,
): Promise<void> {
  throw new TowlineError('BACKUP_FAILED', `${step.project} is not backed up yet`);
}

/** @throws TowlineError BACKUP_HOOK_FAILED, ENGINE_… */
export async function runBackupHook(
  step: StepOf<'backup-hook'>,
  _context: RunContext,
  _signal: AbortSignal,
): Promise<void> {
  throw new TowlineError('BACKUP_HOOK_FAILED', `${step.service} has no hooks yet`);
}
