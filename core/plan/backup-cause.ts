/** Whether the data of a project is kept in this plan, and why. */
import { isDue } from '../backup/due.ts';
import type { BackupCause } from '../backup/manifest.ts';
import type { BackupSettings } from '../backup/settings.ts';
import { volumeUsers } from '../backup/volume-users.ts';
import { resourceName } from '../desired/resource-name.ts';
import type { DesiredProject, MaintenanceWindow } from '../desired/state.ts';
import { timeWord } from '../time-word.ts';
import { isAsDefined } from './adopted.ts';
import type { Instance } from './instance.ts';
import { updatesAllowed } from './maintenance-window.ts';
import type { ProjectMemory } from './memory.ts';
import { mayTry } from './next-try.ts';
import { isUp, type ObservedContainer, type ObservedState } from './observed.ts';
import type { PlanSteps } from './plan-steps.ts';
import { isReplaced } from './prepare-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { serviceDefinition } from './service-definition.ts';
import type { DataVolume } from './step.ts';
import type { Skipped } from './target.ts';

export interface BackupContext {
  /** Of the commit: what they say of backups holds whichever state is brought about. */
  readonly projects: readonly DesiredProject[];
  readonly windows: readonly MaintenanceWindow[];
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
  readonly steps: PlanSteps;
  /** What is due and waits is added here. */
  readonly refused: Skipped[];
}

/** Data that is kept: of the state that ran, whose containers hold it. */
export interface KeptData {
  readonly settings: BackupSettings;
  readonly volumes: readonly DataVolume[];
  /** What runs, as its files say it. */
  readonly ran: DesiredProject;
  readonly holds: (container: ObservedContainer) => boolean;
}

/** A volume is known by the name that what ran has for it; one that only what comes names may be there from earlier. */
function volumesOf(settings: BackupSettings, states: readonly DesiredProject[], observed: ObservedState) {
  return settings.volumes.flatMap((key): DataVolume[] => {
    const state = states.find(({ model }) => model.volumes?.[key] !== undefined) ?? states[0];
    if (state === undefined) return [];
    const name = resourceName(state.model, 'volumes', key);
    return observed.volumes.some(volume => volume.name === name) ? [{ key, name }] : [];
  });
}

/** Containers that nobody has looked into are known by their files. */
function holdsOneOf(volumes: readonly DataVolume[], ran: DesiredProject) {
  const names = new Set(volumes.map(({ name }) => name));
  const services = new Set(volumes.flatMap(({ key }) => [...volumeUsers(ran.model, key)]));
  return ({ mounts, service }: ObservedContainer): boolean =>
    mounts?.volumes.some(name => names.has(name)) ?? services.has(service);
}

/** What could be kept, or undefined: nothing is asked for, nothing was ever good here, no volume is there. */
export function keptData({ project }: ProjectAnalysis, context: BackupContext): KeptData | undefined {
  const { projects, observed, memory } = context;
  const settings = projects.find(({ name }) => name === project.name)?.backup ?? project.backup;
  const ran = memory.projects.get(project.name)?.lastGood;
  if (settings === undefined || ran === undefined) return undefined;
  const volumes = volumesOf(settings, [ran, project], observed);
  if (volumes.length === 0) return undefined;
  return { settings, volumes, ran, holds: holdsOneOf(volumes, ran) };
}

/** Whether a service that uses the data changes: is replaced, removed, or new. */
function dataChanges(
  { project, instances, orphans, remadeVolumes }: ProjectAnalysis,
  { volumes, holds }: KeptData,
): boolean {
  const users = new Set(volumes.flatMap(({ key }) => [...volumeUsers(project.model, key)]));
  const names = new Set(volumes.map(({ name }) => name));
  return (
    remadeVolumes.some(({ name }) => names.has(name)) ||
    orphans.some(({ container }) => holds(container)) ||
    instances.some(instance => {
      if (instance.action === 'create') return users.has(instance.service);
      if (!isReplaced(instance) || instance.container === undefined) return false;
      return users.has(instance.service) || holds(instance.container);
    })
  );
}

/**
 * Whether the backup that a pass before this one has made for the update still has what there is: an engine that started
 * anew may have brought back what was stopped for it. Where something of the new version has run, no other one is made.
 */
function isMade({ instances }: ProjectAnalysis, { settings, holds, ran }: KeptData): boolean {
  if (settings.mode !== 'stop') return true;
  const writing = instances.filter(
    ({ container }) => container !== undefined && holds(container) && isUp(container),
  );
  const isNew = (instance: Instance) => {
    const { container, service } = instance;
    if (isReplaced(instance) || container === undefined) return false;
    return !isAsDefined(container, serviceDefinition(ran, service).hash);
  };
  return writing.length === 0 || writing.some(isNew);
}

/** By the clock: of what is as it should be, when windows and the app itself let it. */
function isScheduled(
  { project, instances }: ProjectAnalysis,
  { settings: { schedule } }: KeptData,
  { observed, windows, memory, refused }: BackupContext,
): boolean {
  const { nowMs, projects, backups } = memory;
  const { lastGood, scheduled, backupTries } = projects.get(project.name) ?? {};
  if (schedule === undefined || lastGood?.digest !== project.digest) return false;
  const madeMs = (backups?.get(project.name) ?? []).map(({ atMs }) => atMs);
  if (!isDue({ expression: schedule, noted: scheduled, madeMs, nowMs })) return false;
  if (backupTries !== undefined && !mayTry(backupTries, nowMs)) {
    const reason = `${backupTries.message}; next try at ${timeWord(backupTries.nextMs)}`;
    refused.push({ project: project.name, why: 'backoff', code: backupTries.code, reason });
    return false;
  }
  if (!updatesAllowed(windows, nowMs) || observed.locked.has(project.name)) return false;
  // What is being mended is mended first: the next pass makes the backup.
  return !instances.some(({ action }) => action === 'create' || action === 'recreate');
}

export function backupCause(
  analysis: ProjectAnalysis,
  data: KeptData,
  context: BackupContext,
): BackupCause | undefined {
  const { project } = analysis;
  if (isScheduled(analysis, data, context)) return 'schedule';
  if (!data.settings.beforeUpgrade || data.ran.digest === project.digest) return undefined;
  const { backedUp } = context.memory.projects.get(project.name) ?? {};
  if (backedUp?.before === project.digest && isMade(analysis, data)) return undefined;
  return dataChanges(analysis, data) ? 'upgrade' : undefined;
}
