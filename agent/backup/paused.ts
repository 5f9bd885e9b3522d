/** Containers that stand still while their data is read. */
import { TimeLimit } from '../../core/io/time-limit.ts';
import type { ObservedContainer } from '../../core/plan/observed.ts';
import { engineStatus } from '../runtime/engine/refusals.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

const unpauseMs = 30_000;

/** What does not run any more, or is as it should be, is no error. */
async function ask(
  { engine }: RunContext,
  { id }: ObservedContainer,
  verb: 'pause' | 'unpause',
  signal: AbortSignal,
): Promise<void> {
  try {
    await engine.call({ method: 'POST', path: `/containers/${id}/${verb}` }, signal);
  } catch (error) {
    const status = engineStatus(error);
    // An engine says of one that is not paused with 500.
    if (status !== 404 && status !== 409 && !(verb === 'unpause' && status === 500)) throw error;
  }
}

/**
 * They go on whatever happens meanwhile; where the engine is gone, or this agent is killed, by the next plan.
 * @throws what `work` throws; TowlineError ENGINE_…
 */
export async function whilePaused<Result>(
  context: RunContext,
  containers: readonly ObservedContainer[],
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const goOn = async (): Promise<void> => {
    using limit = new TimeLimit(unpauseMs);
    await Promise.all(containers.map(each => ask(context, each, 'unpause', limit.signal)));
  };
  try {
    await Promise.all(containers.map(each => ask(context, each, 'pause', signal)));
    return await work();
  } finally {
    await goOn();
  }
}
