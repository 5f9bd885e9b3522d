/** A volume of a retired device is removed for good: looked at once more before, and never one of somebody else. */
import { label } from '../../../core/plan/container/labels.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { isOurs } from './containers.ts';
import { containerSummaries, volumeDetails } from './engine-answers.ts';
import { engineStatus, unlessGone } from './refusals.ts';
import type { RunContext } from './run-context.ts';

/** One that another container holds stays, and is said with what became of its app. */
export async function retireVolume(
  { name }: StepOf<'retire-volume'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine, owner, observed, log } = context;
  const path = `/volumes/${encodeURIComponent(name)}`;
  try {
    const { Labels } = await engine.call({ method: 'GET', path, answer: volumeDetails }, signal);
    const whose = [Labels?.[label.device], Labels?.[label.fleet]];
    const isLabelled = observed.volumes.some(one => one.name === name && one.owner !== undefined);
    const expected = isLabelled ? [owner.device, owner.fleet] : [undefined, undefined];
    if (whose.join() !== expected.join()) {
      log.warn({ volume: name }, 'a volume of somebody else is kept');
      return;
    }
    await unlessGone(engine.call({ method: 'DELETE', path }, signal));
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return;
    // Its own container is still on its way out: the next pass finds it gone.
    if (status !== 409 || (await isHeldByOurs(name, context, signal))) throw error;
    log.warn({ volume: name }, 'a volume that another container holds is kept');
  }
}

async function isHeldByOurs(
  volume: string,
  { engine, owner }: Pick<RunContext, 'engine' | 'owner'>,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { all: true, filters: JSON.stringify({ volume: [volume] }) };
  const request = { method: 'GET', path: '/containers/json', query, answer: containerSummaries } as const;
  const holders = await engine.call(request, signal);
  return holders.some(({ Labels }) => isOurs(Labels, owner.device));
}
