/** The steps of a backup: who goes on without one, what is noted of it, what runs after one that failed. */
import { messageOf } from '../../../core/errors/cause.ts';
import { type ErrorCode, errorRegistry, isTowlineError, TowlineError } from '../../../core/errors.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { type DataSteps, type RunContext, targetOf } from './run-context.ts';

type BackupStep = StepOf<'check-room' | 'backup-hook' | 'back-up'>;

/** @throws TowlineError BACKUP_HELPER */
export function dataOf({ data }: RunContext): DataSteps {
  if (data === undefined)
    throw new TowlineError('BACKUP_HELPER', 'this agent runs without what reads volumes');
  return data;
}

/** Whatever goes wrong with a backup says nothing against the state that is to come. */
function named(error: unknown, { project }: BackupStep): TowlineError {
  const passes = (code: ErrorCode) =>
    code.startsWith('BACKUP_') || code === 'AGENT_DISK_FULL' || errorRegistry[code].next === 'retry';
  if (isTowlineError(error) && passes(error.code)) return error;
  const message = `${project} is not backed up: ${messageOf(error)}`;
  return new TowlineError('BACKUP_FAILED', message, { cause: error });
}

/** The cause of the backup that the plan makes of a project. */
const causeIn = ({ plan }: RunContext, project: string) =>
  plan.steps.find(step => step.kind === 'back-up' && step.project === project);

/** An update may go on without, where its app says so; a backup by the clock is nothing else. */
function isOptional(context: RunContext, { project }: BackupStep): boolean {
  const step = causeIn(context, project);
  const scheduled = step?.kind === 'back-up' && step.cause === 'schedule';
  return !scheduled && targetOf(context, project).backup?.required === false;
}

async function trying(step: BackupStep, context: RunContext, work: () => Promise<void>, signal: AbortSignal) {
  const { project } = step;
  if (context.unkept.has(project)) return;
  try {
    await work();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const error = named(thrown, step);
    if (!isOptional(context, step) || !error.code.startsWith('BACKUP_')) throw error;
    const { code, message } = error;
    context.unkept.add(project);
    context.log.warn({ project, code, error: message }, 'going on without a backup');
    await context.store.update(project, { backupMissing: { code, message, atMs: context.clock.now() } });
  }
}

export const checkRoom = (step: StepOf<'check-room'>, context: RunContext, signal: AbortSignal) =>
  trying(step, context, async () => dataOf(context).room?.(step, context, signal), signal);

async function runHook(step: StepOf<'backup-hook'>, context: RunContext, signal: AbortSignal): Promise<void> {
  const { hook, service, container } = step;
  if (container === '')
    throw new TowlineError('BACKUP_HOOK_FAILED', `no container of ${service} runs for the ${hook} command`);
  await dataOf(context).hook(step, context, signal);
}

export const backupHook = (step: StepOf<'backup-hook'>, context: RunContext, signal: AbortSignal) =>
  trying(step, context, () => runHook(step, context, signal), signal);

/** What `pre` has begun, such as a lock, ends also where nothing was kept. */
async function endHooks({ project }: BackupStep, context: RunContext, signal: AbortSignal): Promise<void> {
  for (const step of context.plan.steps) {
    if (step.kind !== 'backup-hook' || step.project !== project || step.hook !== 'post') continue;
    await runHook(step, context, signal).catch((error: unknown) =>
      context.log.warn({ project, error: messageOf(error) }, 'the command after the backup failed, too'),
    );
  }
}

export const backUp = (step: StepOf<'back-up'>, context: RunContext, signal: AbortSignal) =>
  trying(
    step,
    context,
    async () => {
      try {
        await dataOf(context).backUp(step, context, signal);
      } catch (error) {
        if (!signal.aborted) await endHooks(step, context, signal);
        throw error;
      }
      await noteMade(step, context);
    },
    signal,
  );

/** Until its next time nothing is due by the clock, whatever the folder of backups shows. */
async function noteMade({ project }: BackupStep, { store, clock }: RunContext): Promise<void> {
  const { scheduled } = await store.record(project);
  const { expression } = scheduled ?? {};
  await store.update(project, {
    backupTries: undefined,
    backupMissing: undefined,
    ...(expression === undefined ? {} : { scheduled: { expression, sinceMs: clock.now() } }),
  });
}
