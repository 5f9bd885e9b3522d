/** Stopping, removing, naming and starting containers. */
import { TowlineError } from '../../../core/errors.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { engineStatus, hasThatName, unlessGone } from './refusals.ts';
import { containerOf, type RunContext } from './run-context.ts';

/** The longest that a container may take to stop; its own grace period is kept by the engine. */
const stopTimeoutMs = 15 * 60_000;

/** The engine keeps the container's own grace period. */
export async function stopContainer(
  step: StepOf<'stop-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const stop = () =>
    context.engine.call(
      { method: 'POST', path: `/containers/${step.container}/stop`, timeoutMs: stopTimeoutMs },
      signal,
    );
  const paused = context.observed.containers.some(
    ({ id, state }) => id === step.container && state === 'paused',
  );
  if (paused) {
    // A frozen process cannot answer its signal.
    await context.engine
      .call({ method: 'POST', path: `/containers/${step.container}/unpause` }, signal)
      .catch(() => undefined);
  }
  await unlessGone(stop());
}

export async function removeContainer(
  step: StepOf<'remove-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const query = { v: step.withVolumes, force: true };
  try {
    await unlessGone(
      context.engine.call({ method: 'DELETE', path: `/containers/${step.container}`, query }, signal),
    );
  } catch (error) {
    // 409: its removal is under way already.
    if (engineStatus(error) !== 409) throw error;
  }
}

export async function renameContainer(
  step: StepOf<'rename-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const id = containerOf(context, step);
  try {
    await context.engine.call(
      { method: 'POST', path: `/containers/${id}/rename`, query: { name: step.name } },
      signal,
    );
  } catch (error) {
    // A rename that an agent before this one left on its way was quicker.
    if (!hasThatName(error)) throw error;
  }
}

export async function unpauseContainer(
  step: StepOf<'unpause-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  await unlessGone(
    context.engine.call({ method: 'POST', path: `/containers/${step.container}/unpause` }, signal),
  );
}

/** @throws TowlineError ENGINE_START_FAILED with the engine's own words */
export async function startContainer(
  step: StepOf<'start-container'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const id = containerOf(context, step);
  try {
    await context.engine.call(
      { method: 'POST', path: `/containers/${id}/start`, timeoutMs: 5 * 60_000 },
      signal,
    );
  } catch (error) {
    const status = engineStatus(error);
    if (status === undefined || !(error instanceof Error)) throw error;
    throw new TowlineError('ENGINE_START_FAILED', `${step.service} does not start: ${error.message}`, {
      cause: error,
      details: { project: step.project, service: step.service },
    });
  }
}
