/** What the executors of one run share. */

import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Owner } from '../../../core/plan/container/labels.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { LongestTimes } from '../../apply/deadlines.ts';
import { freeSpace } from '../../projects/free-space.ts';
import type { FolderOptions } from '../../projects/project-folders.ts';
import type { ProjectStore } from '../../projects/project-store.ts';
import type { OpenedSecrets } from '../../secrets/opened-secrets.ts';
import type { TunnelController } from '../../tunnel/controller.ts';
import type { Engine, RegistryCredentials } from './engine.ts';

export interface ApplySettings extends FolderOptions, LongestTimes {
  /** Images pulled at once. */
  readonly parallelPulls: number;
  /** A pull without progress for this long is given up, milliseconds. */
  readonly pullIdleMs: number;
  /** Free space that a pull must leave on the engine's disk, bytes. */
  readonly minimumFreeBytes: number;
  /** Bytes that are free in a folder; undefined where nobody can see it. */
  readonly freeSpace: (folder: string) => Promise<number | undefined>;
  /** An image that nothing needs any more stays this long, milliseconds. */
  readonly imageMaxAgeMs: number;
  /** Credentials of private registries, by address as it stands in image references. */
  readonly credentials: ReadonlyMap<string, RegistryCredentials>;
}

export const defaultSettings = {
  parallelPulls: 3,
  pullIdleMs: 120_000,
  minimumFreeBytes: 256 * 1024 * 1024,
  freeSpace,
  imageMaxAgeMs: 7 * 24 * 60 * 60_000,
  longestAppMs: 60 * 60_000,
  longestPullMs: 12 * 60 * 60_000,
  credentials: new Map<string, RegistryCredentials>(),
} as const;

/** How far the pull of an image is. */
export interface PullProgress {
  readonly project: string;
  readonly image: string;
  /** Layers that have begun. */
  readonly layers: number;
  /** Of those layers; the engine tells sizes as they begin. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface RunContext {
  readonly plan: Plan;
  readonly observed: ObservedState;
  readonly engine: Engine;
  readonly tunnel: TunnelController;
  readonly store: ProjectStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: Owner;
  readonly settings: ApplySettings;
  readonly secrets: OpenedSecrets;
  /** Told now and then while an image is pulled. */
  readonly onPull: (progress: PullProgress) => void;
  /** `project/service/number` → the container that this run created. */
  readonly created: Map<string, string>;
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
