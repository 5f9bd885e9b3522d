/** Containers that the engine must not start by itself while their volumes are exchanged, when it comes up again. */
import { containerDetails } from '../runtime/engine/engine-answers.ts';
import { unlessGone } from '../runtime/engine/refusals.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

interface Policy {
  readonly Name: string;
  readonly MaximumRetryCount?: number;
}

export interface Exchange {
  /** Nothing is exchanged before it resolves. */
  readonly prepare: () => Promise<void>;
  readonly exchange: () => Promise<void>;
  /** Whether the engine may start this one by itself afterwards: one that is about to be replaced it may not. */
  readonly mayStart: (id: string) => boolean;
}

/**
 * One that is cut off leaves them as they are not meant to be, and one that fails half-way, too: some volumes are old then
 * and others new. The next pass sees that, and makes them anew.
 * @param ids of the engine
 */
export async function withoutRestart(
  { engine }: Pick<RunContext, 'engine'>,
  ids: readonly string[],
  signal: AbortSignal,
  { prepare, exchange, mayStart }: Exchange,
): Promise<void> {
  const change = (id: string, RestartPolicy: Policy) =>
    unlessGone(
      engine.call({ method: 'POST', path: `/containers/${id}/update`, body: { RestartPolicy } }, signal),
    );
  const before = new Map<string, Policy>();
  for (const id of ids) {
    const path = `/containers/${id}/json`;
    const { HostConfig } = await engine.call({ method: 'GET', path, answer: containerDetails }, signal);
    const { Name = '', MaximumRetryCount = 0 } = HostConfig.RestartPolicy ?? {};
    if (Name !== '' && Name !== 'no') before.set(id, { Name, MaximumRetryCount });
  }
  const putBack = async (isWanted: (id: string) => boolean) => {
    for (const [id, policy] of before) if (isWanted(id)) await change(id, policy);
  };
  for (const id of before.keys()) await change(id, { Name: 'no' });
  try {
    await prepare();
  } catch (error) {
    if (!signal.aborted) await putBack(() => true);
    throw error;
  }
  await exchange();
  await putBack(mayStart);
}
