/** The plan of one device from files to files: what `towline plan` and the portal show. */
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { desiredOf, type NamedFiles } from '../../desired/desired-of.ts';
import { desiredState } from '../../desired/desired-state.ts';
import type { DesiredState } from '../../desired/state.ts';
import type { DevicePlan } from './device-plan.ts';
import { planBetween } from './plan-between.ts';

export interface PlanQuestion {
  readonly device: string;
  /** As it is to be. */
  readonly next: NamedFiles;
  /** What runs there, as files have it; undefined: nothing. */
  readonly before: Omit<NamedFiles, 'name'> | undefined;
  /** Why that is assumed. */
  readonly against: string;
  /** What it last said. */
  readonly status: StatusFile | undefined;
  readonly nowMs: number;
}

/** @throws TowlineError CLI_NO_SUCH_DEVICE; FleetProblems of what decides over it */
export async function planDevice(question: PlanQuestion): Promise<DevicePlan> {
  const { device, next, before, against, status, nowMs } = question;
  const { state, warnings } = await desiredOf(next, device);
  const base = before === undefined ? {} : await stateBefore(device, before);
  const planned = planBetween({ before: base.state, next: state, status, nowMs });
  return {
    device,
    ...planned,
    against: base.note ?? against,
    windows: state.settings.windows,
    warnings,
  };
}

/** Nothing where the base does not know the device. */
async function stateBefore(
  device: string,
  { files: reader, commit }: Omit<NamedFiles, 'name'>,
): Promise<{ readonly state?: DesiredState; readonly note?: string }> {
  const { state, problems } = await desiredState({ reader, commit, device });
  if (state !== undefined) return { state };
  const unknown = problems.every(
    ({ code }) => code === 'FLEET_DEVICE_UNKNOWN' || code === 'FLEET_FILE_MISSING',
  );
  const why = unknown ? 'it is not in the fleet there' : `the base has problems (${problems[0]?.code ?? ''})`;
  return { note: `${why}: planned for a device that runs nothing` };
}
