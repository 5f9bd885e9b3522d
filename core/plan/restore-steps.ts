/** Data is put back: unpacked while the app runs, then who holds it stops, it takes its place, and they start again. */
import type { ProjectMemory } from './memory.ts';
import { isUp, type ObservedState } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import type { DueRestore } from './restore-due.ts';

interface RestoreContext {
  readonly observed: ObservedState;
  readonly steps: PlanSteps;
}

const reasons: Readonly<Record<DueRestore['cause'], string>> = {
  request: "the device's file asks for it",
  rollback: 'the update failed, and its data goes back with it',
  person: 'somebody at the device asked for it',
};

/** Waits for nothing. @returns the step, unless that was done before */
export function unpackBackup(
  project: string,
  { unpacked, volumes: _volumes, ...due }: DueRestore,
  steps: PlanSteps,
): readonly number[] {
  if (unpacked) return [];
  return [steps.add({ kind: 'unpack-backup', project, ...due, reason: reasons[due.cause] })];
}

/**
 * @param ready steps after which something may be stopped
 * @returns the same, and the restore
 */
export function restoreVolumes(
  { project, order }: ProjectAnalysis,
  { backup, cause, volumes }: DueRestore,
  ready: readonly number[],
  { observed, steps }: RestoreContext,
): readonly number[] {
  const names = new Set(volumes.map(({ name }) => name));
  const rank = (service: string) => order.indexOf(service);
  const holders = observed.containers
    .filter(one => one.project === project.name && isUp(one))
    .filter(({ mounts }) => mounts === undefined || mounts.volumes.some(name => names.has(name)))
    .sort((a, b) => rank(b.service) - rank(a.service) || b.number - a.number);
  const reason = reasons[cause];
  // Who depends on another stops before it.
  let before: Need;
  const stops = holders.map(container => {
    before = steps.stop(container, `backup ${backup} is put back: ${reason}`, [...ready, before]);
    return before;
  });
  const step = { kind: 'restore-volumes', project: project.name, volumes, backup, cause, reason } as const;
  return [...ready, steps.add(step, [...ready, ...stops])];
}

/** What a restore has left beside the volumes goes when the app is healthy. @param gate the step that says so */
export function clearBeside(
  project: string,
  gate: Need,
  { observed, memory, steps }: RestoreContext & { readonly memory: ProjectMemory },
): void {
  if (memory.restores?.has(project) === true) return;
  const reason = 'the app is healthy with what was put back';
  for (const { project: owner, name } of observed.beside ?? [])
    if (owner === project) steps.add({ kind: 'remove-aside', project, name, reason }, [gate]);
}
