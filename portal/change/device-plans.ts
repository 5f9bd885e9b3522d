/** What devices would do of a change: the planner's own word, as `towline plan` prints it. */
import type { FilesAt } from '../../core/change/changed-files.ts';
import { isTowlineError } from '../../core/errors.ts';
import { planJson } from '../../core/plan/between/device-plan.ts';
import { planDevice } from '../../core/plan/between/plan-device.ts';
import { planLines, planText } from '../../core/plan/between/plan-text.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { DevicePlanText } from '../api/types.generated.ts';

export interface PlansQuestion {
  readonly before: FilesAt;
  readonly after: FilesAt;
  /** Ids. */
  readonly devices: readonly string[];
  /** What one last said, where the person may see it. */
  readonly statusOf: (device: string) => Promise<StatusFile | undefined>;
  readonly nowMs: number;
}

/** Planned, count; of more it is told how many they are. */
const mostPlans = 8;

/** Of the first few. @throws the signal's reason */
export async function devicePlans(
  { before, after, devices, statusOf, nowMs }: PlansQuestion,
  signal: AbortSignal,
): Promise<DevicePlanText[]> {
  const found: DevicePlanText[] = [];
  for (const device of devices.slice(0, mostPlans)) {
    signal.throwIfAborted();
    found.push(await planOf(device, { before, after, devices, statusOf, nowMs }));
  }
  return found;
}

async function planOf(device: string, question: PlansQuestion): Promise<DevicePlanText> {
  const { before, after, statusOf, nowMs } = question;
  const status = await statusOf(device);
  const applied = status?.applied;
  const against =
    applied === undefined
      ? 'assuming that main runs there'
      : `against its newest status, which says that it runs ${applied.slice(0, 12)}`;
  const base = { files: before.files, commit: applied ?? before.commit };
  const next = { files: after.files, commit: after.commit, name: 'main with this change' };
  try {
    const plan = await planDevice({ device, next, before: base, against, status, nowMs });
    return { device, lines: planLines(planText(plan)), plan: { ...planJson(plan) } };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    return { device, lines: [`no plan: ${error.code} ${error.message}`], plan: {} };
  }
}
