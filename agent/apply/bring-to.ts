/** Brings one project alone to a state, in the middle of a pass. */
import type { DesiredProject } from '../../core/desired/state.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import { forgetBackups } from './backups.ts';
import { describe, Untried } from './failure.ts';
import { onlyProject, planAlone } from './lone-project.ts';
import { type ApplyOptions, runPlan } from './run-plan.ts';

/**
 * To a state that the pass has begun with, or back to the last good one: no hold, window or lock keeps it half-way.
 * @returns what went wrong, if anything did, and the steps that were begun
 * @throws TowlineError ENGINE_UNREACHABLE; the signal's reason when it was aborted
 */
export async function bringTo(
  options: ApplyOptions,
  state: DesiredProject,
): Promise<{ error: unknown; begun: readonly EngineStep[] }> {
  const { store, clock, desired, observe, signal } = options;
  const { name } = state;
  const memory = await store.memory(clock.now());
  const observed = onlyProject(await observe(signal), name);
  const plan = planAlone(state, desired, observed, memory);
  const skipped = plan.skipped.find(({ project, why }) => project === name && why !== 'restore');
  if (skipped !== undefined) return { error: new Untried(skipped), begun: [] };
  await forgetBackups(options, plan.targets.values());
  const result = await runPlan(options, plan, observed);
  signal.throwIfAborted();
  const error = result.failures.get(name)?.error;
  if (error !== undefined && describe(error).code === 'ENGINE_UNREACHABLE') throw error;
  return { error, begun: result.begun };
}
