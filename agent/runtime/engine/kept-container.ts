/** A container of docker compose that is kept while another one is tried in its place, and comes back if that one fails. */
import { TowlineError } from '../../../core/errors.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { setRestartPolicy } from './handover.ts';
import { engineStatus } from './refusals.ts';
import type { RunContext } from './run-context.ts';

function rename({ engine }: RunContext, id: string, name: string, signal: AbortSignal): Promise<unknown> {
  return engine.call({ method: 'POST', path: `/containers/${id}/rename`, query: { name } }, signal);
}

/** Its name first: it says what the restart policy was. */
export async function putAside(
  { container, name, aside }: StepOf<'put-aside'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  if (name !== aside) await rename(context, container, aside, signal);
  await setRestartPolicy(context.engine, container, { name: 'no', retries: 0 }, signal);
}

/** Its name last: as long as it is called kept, there is something to do. @throws TowlineError ENGINE_START_FAILED */
export async function putBack(
  { project, service, container, name, before }: StepOf<'put-back'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  await setRestartPolicy(context.engine, container, before.restart, signal);
  if (before.ran) {
    const path = `/containers/${container}/start`;
    try {
      await context.engine.call({ method: 'POST', path, timeoutMs: 5 * 60_000 }, signal);
    } catch (cause) {
      if (engineStatus(cause) === undefined || !(cause instanceof Error)) throw cause;
      const message = `${before.name}, which docker compose had made, does not start: ${cause.message}`;
      throw new TowlineError('ENGINE_START_FAILED', message, { cause, details: { project, service } });
    }
  }
  if (name !== before.name) await rename(context, container, before.name, signal);
  await context.store.noteStarting(project, [container], false);
}
