/** What a plan does to the containers of a service, and what follows from it for those of others. */

import type { Instance, InstanceContext } from './instance.ts';
import { isUp } from './observed.ts';
import { followed, sharedWith } from './service-order.ts';

/** What a plan does to the containers of a service, as far as others take note of it. */
export type Fate = 'created' | 'recreated' | 'restarted' | 'started';

/**
 * @param instances all of one service
 * @param renewed ids of networks that are made anew: what is attached to one is stopped for it and started again
 */
export function fateOf(
  context: InstanceContext,
  instances: readonly Instance[],
  renewed: ReadonlySet<string>,
): Fate | undefined {
  const some = (test: (instance: Instance) => boolean) => instances.some(test);
  if (some(({ action }) => action === 'recreate')) return 'recreated';
  // A pass that was cut off has made it and not started it.
  const unfinished = ({ action, container }: Instance) =>
    action === 'start' && container?.state === 'created';
  if (some(instance => instance.action === 'create' || unfinished(instance))) return 'created';
  const moved = ({ container }: Instance) =>
    container !== undefined && isUp(container) && container.networks.some(({ id }) => renewed.has(id));
  // A pass that was cut off has stopped it in order to start it again.
  const owed = ({ action, container }: Instance) =>
    action === 'start' && container?.state === 'exited' && context.starting.has(container.id);
  if (some(instance => instance.action === 'restart' || moved(instance) || owed(instance)))
    return 'restarted';
  return some(({ action }) => action === 'start') ? 'started' : undefined;
}

/**
 * Adds what follows from others: who shares what belongs to another container is made anew with it, who shares its
 * namespaces starts again with it, and so do dependents with `restart: true` unless it was just started.
 */
export function followOthers(
  context: InstanceContext,
  instance: Instance,
  fates: ReadonlyMap<string, Fate>,
  restartFor: readonly string[],
): Instance {
  if (instance.action === 'create' || instance.action === 'recreate') return instance;
  const model = context.project.model.services[instance.service] ?? {};
  const leader = followed(model).find(name => ['created', 'recreated'].includes(fates.get(name) ?? ''));
  if (leader !== undefined) {
    return { ...instance, action: 'recreate', reason: `follows ${leader}`, connect: [], disconnect: [] };
  }
  if (instance.action !== 'keep' || instance.container === undefined || !isUp(instance.container)) {
    return instance;
  }
  const shared = sharedWith(model).find(name => fates.has(name));
  if (shared !== undefined) {
    return {
      ...instance,
      action: 'restart',
      reason: `${shared}, whose namespace it shares, is started anew`,
    };
  }
  const cause = restartFor.find(name => fates.has(name) && fates.get(name) !== 'started');
  if (cause === undefined) return instance;
  return { ...instance, action: 'restart', reason: `its dependency ${cause} was ${fates.get(cause)}` };
}
