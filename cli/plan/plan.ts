/** `towline plan`: what a device would do, by the code that does it there. */
import type { Command } from 'commander';
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { type DevicePlan, planJson } from '../../core/plan/between/device-plan.ts';
import { planDevice } from '../../core/plan/between/plan-device.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type Snapshot } from '../desk/repository.ts';
import type { LastSaid } from '../status/last-said.ts';
import { assertWalkIsKnown } from '../trust/walk-raise.ts';
import { type Base, chooseBase, type PlanOptions, readApplied } from './base.ts';
import { showPlans } from './show.ts';

/** The files at the base; none where it does not exist (the first commit). */
async function baseOf(
  base: Base,
  { repo, base: named }: PlanOptions,
): Promise<{ readonly snapshot?: Snapshot; readonly note?: string }> {
  if (base.revision === undefined) return {};
  try {
    return { snapshot: await openSnapshot({ repo, commit: base.revision }) };
  } catch (error) {
    if (named !== undefined || !isTowlineError(error, 'CLI_NO_SUCH_COMMIT')) throw error;
    return { note: `there is no ${base.revision}: planned for a device that runs nothing` };
  }
}

async function planOne(
  next: Snapshot,
  device: string,
  reports: LastSaid,
  options: PlanOptions,
): Promise<DevicePlan> {
  const base = chooseBase(reports, device, options);
  const { snapshot, note = base.words } = await baseOf(base, options);
  await using before = snapshot;
  const status = reports.reported.get(device);
  return await planDevice({ device, next, before, against: note, status, nowMs: Date.now() });
}

async function plan(device: string | undefined, options: PlanOptions, signal: AbortSignal): Promise<void> {
  if ((device === undefined) === (options.all !== true)) {
    throw new TowlineError('CLI_USAGE', 'name one device, or --all');
  }
  await using snapshot = await openSnapshot(options);
  await refuseUnknownWalk(snapshot, options, signal);
  const devices = device === undefined ? await allDevices(snapshot) : [device];
  const reports = await readApplied(snapshot, device, options, signal);
  const plans: DevicePlan[] = [];
  for (const id of devices) {
    signal.throwIfAborted();
    plans.push(await planOne(snapshot, id, reports, options));
  }
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ plans: plans.map(planJson) });
  else showPlans(terminal, plans, snapshot.name, options.steps === true ? 'steps' : 'services');
}

/** What would stop agents is no plan for them; where there is nothing before it, no agent waits. */
async function refuseUnknownWalk(
  after: Snapshot,
  { repo, base, commit, worktree, telemetry, force }: PlanOptions,
  signal: AbortSignal,
): Promise<void> {
  if (force === true) return;
  const before = base ?? (worktree === true ? 'HEAD' : `${commit ?? 'HEAD'}~1`);
  await assertWalkIsKnown({ repo, before, after, telemetry }, signal).catch((error: unknown) => {
    if (base !== undefined || !isTowlineError(error, 'CLI_NO_SUCH_COMMIT')) throw error;
  });
}

async function allDevices(snapshot: Snapshot): Promise<string[]> {
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  return [...fleet.devices.keys()];
}

export function registerPlan(command: Command, stop: Stop): void {
  command
    .argument('[device]', 'id of the device')
    .option('--all', 'every device; those that would do the same are shown together')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to plan (default: HEAD)')
    .option('--worktree', 'plan the files as they lie there')
    .option('--base <rev>', 'what to assume that runs (default: the newest status, else the commit before)')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--force', 'also where a device has no agent that knows the walk of the policy that comes')
    .option('--steps', 'every step, in its order, instead of what becomes of each service')
    .option('--json', 'one JSON object with every step instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline plan pump-3', 'the last commit, against what the device last reported'],
        ['towline plan pump-3 --worktree', 'what you are about to commit'],
        ['towline plan pump-3 --steps', 'what comes before what'],
        ['towline plan --all --base origin/main', 'a pull request'],
      ]),
    )
    .action((device: string | undefined, options: PlanOptions) => plan(device, options, stop()));
}
