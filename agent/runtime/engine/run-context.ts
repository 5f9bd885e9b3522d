/** What the executors of one run share. */

import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { freeSpace } from '../../../core/io/file/free-space.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import type { ImageSource } from '../../images/image-endpoint.ts';
import type { FolderOptions } from '../../projects/project-folders.ts';
import type { ProjectStore } from '../../projects/project-store.ts';
import type { Run } from '../runtime.ts';
import type { Engine } from './engine.ts';
import type { ContainerSummary } from './engine-answers.ts';

export interface EngineSettings {
  /** A pull without progress for this long is given up, milliseconds. */
  readonly pullIdleMs: number;
  /** Free space that a pull must leave on the engine's disk, bytes. */
  readonly minimumFreeBytes: number;
  /** Bytes that are free in a folder; undefined where nobody can see it. */
  readonly freeSpace: (folder: string) => Promise<number | undefined>;
  /** An image that nothing needs any more stays this long, milliseconds. */
  readonly imageMaxAgeMs: number;
}

export const defaultSettings: EngineSettings = {
  pullIdleMs: 120_000,
  minimumFreeBytes: 256 * 1024 * 1024,
  freeSpace,
  imageMaxAgeMs: 7 * 24 * 60 * 60_000,
};

type DataStepKind = 'check-room' | 'backup-hook' | 'back-up' | 'unpack-backup' | 'restore-volumes';

type DataStep<Kind extends DataStepKind> = (
  step: StepOf<Kind>,
  context: RunContext,
  signal: AbortSignal,
) => Promise<void>;

/** Carries out the steps that read and write volumes. @throws TowlineError BACKUP_…, RESTORE_…, ENGINE_… */
export interface DataSteps {
  /** Absent: nobody looks before. */
  readonly room?: DataStep<'check-room'>;
  readonly hook: DataStep<'backup-hook'>;
  readonly backUp: DataStep<'back-up'>;
  readonly unpack: DataStep<'unpack-backup'>;
  readonly restore: DataStep<'restore-volumes'>;
  /** Removes those of the containers for that work that an agent before this one has left. @throws TowlineError ENGINE_… */
  sweep(engine: Engine, helpers: readonly ContainerSummary[], signal: AbortSignal): Promise<void>;
}

/** What does not change from run to run. */
export interface EngineRoom {
  readonly engine: Engine;
  readonly store: ProjectStore;
  readonly clock: Clock;
  readonly folders: FolderOptions;
  readonly settings: EngineSettings;
  /** Where images come from that come through the gateway. */
  readonly images?: ImageSource | undefined;
  /** Absent: no data is kept or put back here. */
  readonly data?: DataSteps | undefined;
  /** Waits until what a container has said is read: it is about to be removed. Never throws. */
  readonly drained?: ((container: string, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface RunContext extends Omit<Run, 'images'>, EngineRoom {
  /** Which images come through the gateway. */
  readonly imageSettings: Run['images'];
  /** `project/service/number` → the container that this run created. */
  readonly created: Map<string, string>;
  /** Projects that go on without the backup that this run was to make: it failed, and they do not require it. */
  readonly unkept: Set<string>;
  /** Name of a network → its id, for those that this run created. */
  readonly networks: Map<string, string>;
}

export function instanceKey(step: { project: string; service: string; number: number }): string {
  return `${step.project}/${step.service}/${step.number}`;
}

/** The state that the plan brings the project to. @throws TowlineError ENGINE_STEP_UNKNOWN */
export function targetOf(context: RunContext, project: string): DesiredProject {
  const target = context.plan.targets.get(project);
  if (target === undefined)
    throw new TowlineError('ENGINE_STEP_UNKNOWN', `the plan has no project ${project}`);
  return target;
}

/** The container that a step acts on. @throws TowlineError ENGINE_STEP_UNKNOWN */
export function containerOf(
  context: RunContext,
  step: { project: string; service: string; number: number; container?: string },
): string {
  const id = step.container ?? context.created.get(instanceKey(step));
  if (id === undefined) {
    throw new TowlineError('ENGINE_STEP_UNKNOWN', `no container was made for ${instanceKey(step)}`);
  }
  return id;
}
