/** Before a service with data changes: who writes to the data stops, and the data is kept. */
import type { BackupCause } from '../backup/manifest.ts';
import type { BackupSettings } from '../backup/settings.ts';
import { resourceName } from '../desired/resource-name.ts';
import type { ProjectMemory } from './memory.ts';
import { isUp, type ObservedState } from './observed.ts';
import type { PlanSteps } from './plan-steps.ts';
import { isReplaced } from './prepare-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';

export interface BackupContext {
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
  readonly steps: PlanSteps;
}

/** Why one is made now, or undefined. */
function causeOf(
  { project, instances }: ProjectAnalysis,
  settings: BackupSettings,
  { memory }: BackupContext,
): BackupCause | undefined {
  const record = memory.projects.get(project.name);
  if (!settings.beforeUpgrade || record?.lastGood === undefined) return undefined;
  if (record.lastGood.digest === project.digest || record.backedUp?.before === project.digest)
    return undefined;
  const names = new Set(settings.volumes.map(key => resourceName(project.model, 'volumes', key)));
  const uses = instances.some(
    instance =>
      isReplaced(instance) && instance.container?.mounts?.volumes.some(volume => names.has(volume)) === true,
  );
  return uses ? 'upgrade' : undefined;
}

/**
 * @param ready steps after which something may be stopped
 * @returns the same, and the backup
 */
export function prepareBackup(
  analysis: ProjectAnalysis,
  ready: readonly number[],
  context: BackupContext,
): readonly number[] {
  const { project } = analysis;
  const { backup: settings } = project;
  const cause = settings === undefined ? undefined : causeOf(analysis, settings, context);
  if (settings === undefined || cause === undefined) return ready;
  const { observed, steps } = context;
  const volumes = settings.volumes
    .map(key => ({ key, name: resourceName(project.model, 'volumes', key) }))
    .filter(({ name }) => observed.volumes.some(volume => volume.name === name));
  if (volumes.length === 0) return ready;
  const names = new Set(volumes.map(({ name }) => name));
  const holders = observed.containers.filter(
    one => one.project === project.name && isUp(one) && one.mounts?.volumes.some(name => names.has(name)),
  );
  const reason = `volume ${volumes.map(({ name }) => name).join(', ')} is kept before the upgrade`;
  const stops =
    settings.mode === 'stop' ? holders.map(container => steps.stop(container, reason, ready)) : [];
  const services = [...new Set(holders.map(({ service }) => service))].sort();
  const { mode } = settings;
  const step = { kind: 'back-up', project: project.name, volumes, mode, cause, services, reason } as const;
  return [...ready, steps.add(step, [...ready, ...stops])];
}
