/** What a device would do, for people and programs: the very same wherever it is shown. */
import type { MaintenanceWindow } from '../../desired/state.ts';
import { type Problem, problemJson } from '../../errors.ts';
import type { Download } from '../downloads.ts';
import type { LeftVolumes } from '../left-behind.ts';
import type { WholePlan } from '../plan.ts';
import { aheadJson } from './ahead.ts';

export interface DevicePlan {
  readonly device: string;
  readonly plan: WholePlan;
  /** What comes to the disk beside it. */
  readonly downloads: readonly Download[];
  /** What becomes of data that no app names any more. */
  readonly left: readonly LeftVolumes[];
  /** What people must know of releases that come. */
  readonly releases: readonly { readonly project: string; readonly message: string }[];
  /** What was assumed to run there. */
  readonly against: string;
  readonly windows: readonly MaintenanceWindow[];
  /** What the Compose files say and was hardly meant. */
  readonly warnings: readonly Problem[];
}

export const planJson = ({
  device,
  plan,
  downloads,
  left,
  releases,
  against,
  windows,
  warnings,
}: DevicePlan) => ({
  device,
  against,
  steps: plan.steps,
  downloads: downloads.map(aheadJson),
  skipped: plan.skipped,
  notices: plan.notices,
  left,
  releases,
  windows,
  warnings: warnings.map(problemJson),
});
