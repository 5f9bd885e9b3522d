/**
 * A container that takes over while the one before it still serves (strategy `handover`): made beside it → well → its
 * service's names lead to both → still well → the old one stops. Until that stop nothing of the old one is touched.
 */
import { gaplessServices, handoverObstacles } from '../desired/gapless.ts';
import type { Instance } from './instance.ts';
import type { LaneNeeds } from './lane-needs.ts';
import type { ObservedContainer } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { stopDependents } from './stop-dependents.ts';
import { temporaryName } from './temporary-name.ts';
import { isKept } from './way-back.ts';

interface Lane {
  readonly draft: Draft;
  readonly steps: PlanSteps;
  readonly needs: LaneNeeds;
}

/** `plain`: it is replaced as with `recreate`, where there is a word for it with the reason why. */
export type Way =
  | { readonly kind: 'handover'; readonly old: ObservedContainer }
  | { readonly kind: 'plain'; readonly why?: string };

/** Whether the instance can be handed over now, as what is there has it. */
export function wayOf({ draft, steps }: Omit<Lane, 'needs'>, { service, container: old }: Instance): Way {
  const { model, update } = draft.analysis.project;
  if (update.strategy !== 'handover' || !gaplessServices(model, update).includes(service))
    return { kind: 'plain' };
  if (old !== undefined && steps.keeping.has(old.id))
    return { kind: 'plain', why: 'it is stopped for the backup' };
  // One that does not run serves nobody, and one that stops for its network or port in any case neither.
  if (old?.state !== 'running' || steps.stops.has(old.id) || draft.detached.has(old.id))
    return { kind: 'plain' };
  // The names would wait for its successor, while nobody answers: with the names from the start that one is there sooner.
  if (draft.isLastGood && (old.health === 'unhealthy' || (old.inspection?.restartCount ?? 0) > 0))
    return { kind: 'plain', why: 'the one that is there does not serve' };
  const [obstacle] = handoverObstacles(model, service);
  if (obstacle !== undefined) return { kind: 'plain', why: obstacle.why };
  if (isKept(draft, old))
    return { kind: 'plain', why: 'the one of docker compose is kept until the app is healthy' };
  // Its image declares them: no file says so.
  if (old.mounts?.holdsAnonymous === true)
    return { kind: 'plain', why: 'it has volumes without a name, which go from one container to the next' };
  return { kind: 'handover', old };
}

/**
 * @param turn the step after which another container of the service has been handed over
 * @returns the step with which this one has
 */
export function handOver(lane: Lane, instance: Instance, old: ObservedContainer, turn: Need): number {
  const { draft, steps, needs } = lane;
  const { service, number, reason, name } = instance;
  const base = { project: draft.analysis.project.name, service, number, reason };
  const waits = needs.dependenciesMet(service);
  const create = steps.add(
    {
      kind: 'create-container',
      ...base,
      beside: true,
      name: temporaryName(old, name, instance.surplus),
    },
    [...draft.ready, ...needs.networksMade(service), ...draft.volumes.values(), turn],
  );
  const start = steps.add({ kind: 'start-container', ...base }, [
    create,
    ...waits,
    ...needs.portsFreed(service),
  ]);
  const ready = steps.add({ kind: 'wait-ready', ...base, settled: false }, [start]);
  const names = steps.add({ kind: 'take-names', ...base }, [ready]);
  const settled = steps.add({ kind: 'wait-ready', ...base, settled: true }, [names]);
  const dependents = stopDependents(lane, service, [settled]);
  const restart = steps.add({ kind: 'take-restart', ...base, from: old.id }, [settled, ...dependents]);
  const stop = steps.stop(old, reason, [restart]);
  const gone = { container: old.id, name: old.name, withVolumes: false };
  const removed = steps.add({ kind: 'remove-container', project: base.project, service, ...gone, reason }, [
    stop,
    steps.renames.get(old.id),
  ]);
  const named = steps.add({ kind: 'rename-container', ...base, name }, [removed, needs.nameFreed(instance)]);
  needs.noteCreated(service, create);
  needs.noteStarted(service, named);
  return named;
}
