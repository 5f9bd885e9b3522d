/** What is remembered of backups between passes: when they are due, which one an update has, when one is tried again. */

import { isUnnoted } from '../../core/backup/due.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { nextTry } from '../../core/plan/next-try.ts';
import { stepsOf } from '../../core/plan/plan.ts';
import type { StepKind } from '../../core/plan/step.ts';
import type { Failure } from './failure.ts';
import type { Told } from './outcome.ts';
import type { ApplyOptions } from './run-plan.ts';
import type { StepFailure } from './run-steps.ts';

/** From the first sight of a schedule on its times count: those of the past are not missed. */
export async function noteSchedules({ desired, store, clock }: ApplyOptions): Promise<void> {
  const nowMs = clock.now();
  for (const { name, backup } of desired.projects) {
    const { lastGood, scheduled: noted } = await store.record(name);
    const expression = backup?.schedule;
    if (expression === undefined) {
      if (noted !== undefined) await store.update(name, { scheduled: undefined, backupTries: undefined });
    } else if (lastGood !== undefined && isUnnoted({ expression, noted, nowMs }))
      await store.update(name, { scheduled: { expression, sinceMs: nowMs } });
  }
}

/** What was kept for an update is not what there is any more, once the state before it runs again. */
export async function forgetBackups(
  { store }: ApplyOptions,
  targets: Iterable<DesiredProject>,
): Promise<void> {
  for (const { name, digest } of targets) {
    const { backedUp, lastGood } = await store.record(name);
    if (backedUp !== undefined && lastGood?.digest === digest)
      await store.update(name, { backedUp: undefined });
  }
}

const before: ReadonlySet<StepKind> = new Set(['check-room', 'backup-hook', 'back-up', 'stop-container']);

/**
 * A backup by the clock has failed: it has tries of its own, and the app goes on.
 * @returns undefined where it was none
 */
export async function backUpLater(
  { plan, store, clock }: ApplyOptions,
  { name, digest }: DesiredProject,
  { step }: StepFailure,
  { code = 'BACKUP_FAILED', message }: Failure,
): Promise<(Told & { readonly code: ErrorCode }) | undefined> {
  const isBackup = stepsOf(plan.steps, name).some(({ kind }) => kind === 'back-up');
  if (!isBackup || !before.has(step.kind)) return undefined;
  const { backupTries } = await store.record(name);
  const { count, nextMs, words } = nextTry(backupTries, digest, clock.now());
  await store.update(name, { backupTries: { digest, count, nextMs, code, message } });
  return { state: 'degraded', code, message: `${message}; ${words}` };
}

/** An update went on without the backup that it does not require: it is said until one is made. */
export function missingWords(
  result: Omit<Told, 'mending'>,
  { backupMissing }: ProjectRecord,
): Omit<Told, 'mending'> {
  if (backupMissing === undefined) return result;
  const { code, message } = backupMissing;
  const words = `updated without a backup, which is not required: ${message}`;
  const said = [result.message, words].filter(Boolean).join('; ');
  return { ...result, code: result.code ?? code, message: said };
}
