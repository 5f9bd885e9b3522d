/** Containers that the engine must not start by itself while their volumes are exchanged, when it comes up again. */
import { containerDetails } from '../runtime/engine/engine-answers.ts';
import { unlessGone } from '../runtime/engine/refusals.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

interface Policy {
  readonly Name: string;
  readonly MaximumRetryCount?: number;
}

/**
 * One that is cut off leaves them as they are not meant to be: the next pass sees that, and makes them anew.
 * @param ids of the engine
 */
export async function withoutRestart(
  { engine }: Pick<RunContext, 'engine'>,
  ids: readonly string[],
  signal: AbortSignal,
  work: () => Promise<void>,
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
  for (const id of before.keys()) await change(id, { Name: 'no' });
  try {
    await work();
  } finally {
    if (!signal.aborted) for (const [id, policy] of before) await change(id, policy);
  }
}
