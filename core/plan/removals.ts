/** What goes: projects that the commit does not name any more, and containers and networks that nothing wants. */
import type { DesiredState } from '../desired/state.ts';
import { claims } from './contest.ts';
import type { ProjectMemory } from './memory.ts';
import type { ObservedContainer, ObservedNetwork, ObservedState } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { analyseProject } from './project-analysis.ts';
import { volumesOf } from './retired-volumes.ts';
import { chooseTarget, removalHeld, type Skipped } from './target.ts';
import { isHalfCreated } from './temporary-name.ts';

export interface Removal {
  readonly project: { readonly name: string };
  readonly orphans: readonly { readonly container: ObservedContainer; readonly reason: string }[];
  readonly orphanNetworks: readonly ObservedNetwork[];
  /** Names of volumes that go with it; absent: all stay, anonymous ones, too. */
  readonly volumes?: readonly string[];
}

/** What is to come in the place of others and is tried again later, such as an image that cannot be had now. */
function comingLater(desired: DesiredState, observed: ObservedState, memory: ProjectMemory) {
  return desired.projects.flatMap(project => {
    const { project: target, skipped } = chooseTarget(desired, observed, memory, project);
    if (target !== undefined || skipped?.why !== 'backoff') return [];
    return [{ analysis: analyseProject(project, observed), reason: skipped.reason }];
  });
}

/** Projects of ours that the commit does not name any more: those that go now, and those that stay for now. */
export function removalsOf(
  desired: DesiredState,
  observed: ObservedState,
  memory: ProjectMemory,
): { readonly removals: readonly Removal[]; readonly staying: readonly Skipped[] } {
  const wanted = new Set(desired.projects.map(({ name }) => name));
  const names = [
    ...observed.containers.map(({ project }) => project),
    ...observed.networks.map(({ owner }) => owner?.project ?? ''),
    ...(desired.retired === 'remove-with-volumes' ? observed.volumes : []).map(
      ({ owner }) => owner?.project ?? '',
    ),
  ];
  const removals: Removal[] = [];
  const staying: Skipped[] = [];
  const later = comingLater(desired, observed, memory);
  for (const name of [...new Set(names)].sort()) {
    if (name === '' || wanted.has(name)) continue;
    const held = removalHeld(desired, memory, name);
    if (held !== undefined) {
      staying.push(held);
      continue;
    }
    const reason = desired.retired === undefined ? `app ${name} was removed` : 'the device is retired';
    const containers = observed.containers.filter(({ project }) => project === name);
    const taker = later.find(({ analysis }) => containers.some(container => claims(analysis, container)));
    if (taker !== undefined) {
      const why = `stays until ${taker.analysis.project.name} takes its place: ${taker.reason}`;
      staying.push({ project: name, why: 'other-project', reason: why });
      continue;
    }
    removals.push({
      project: { name },
      orphans: containers.map(container => ({ container, reason })),
      orphanNetworks: observed.networks.filter(({ owner }) => owner?.project === name),
      ...(desired.retired === 'remove-with-volumes'
        ? { volumes: volumesOf(name, containers, observed, memory) }
        : {}),
    });
  }
  return { removals, staying };
}

/** Stops what goes; where another project takes its name or port, not before that one has all that it needs. */
export function stopRemoved(removals: readonly Removal[], drafts: readonly Draft[], steps: PlanSteps): void {
  for (const { container, reason } of removals.flatMap(({ orphans }) => orphans)) {
    const takers = drafts.filter(({ analysis }) => claims(analysis, container));
    steps.stop(
      container,
      reason,
      takers.flatMap(({ ready }) => ready),
    );
  }
}

/**
 * @param gate the step that all of it waits for
 * @param after steps that a network's removal waits for, besides that of the containers
 */
export function removeOrphans(
  { project, orphans, orphanNetworks, volumes }: Removal,
  steps: PlanSteps,
  gate?: Need,
  after: readonly number[] = [],
): void {
  const removed: number[] = [];
  for (const { container, reason } of orphans) {
    const { project: owner, service, id, name } = container;
    // With a volume that is made anew it went before.
    const before = steps.gone.get(id);
    if (before !== undefined) {
      removed.push(before);
      continue;
    }
    // What never ran has written nothing: only volumes of its own go with it.
    const isHalfMade = container.state === 'created' && isHalfCreated(container);
    // One of docker compose's is called so while it is kept.
    const withVolumes = volumes !== undefined || (isHalfMade && container.adopted === undefined);
    const step = steps.add(
      { kind: 'remove-container', project: owner, service, container: id, name, withVolumes, reason },
      [gate, steps.stops.get(id), steps.renames.get(id)],
    );
    steps.gone.set(id, step);
    removed.push(step);
  }
  for (const { id, name } of orphanNetworks) {
    const reason = `network ${name} is not wanted any more`;
    const needs = [gate, ...removed, ...after];
    const step = steps.add({ kind: 'remove-network', project: project.name, name, id, reason }, needs);
    steps.gone.set(id, step);
  }
  for (const name of volumes ?? [])
    steps.add(
      { kind: 'retire-volume', project: project.name, name, reason: 'the device is retired' },
      removed,
    );
}
