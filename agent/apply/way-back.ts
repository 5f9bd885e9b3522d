/** A first state of an app has failed that has taken over what docker compose runs: what ran before runs again. */
import type { DesiredProject } from '../../core/desired/state.ts';
import { planDevice } from '../../core/plan/plan.ts';
import { withSetAside } from '../../core/plan/set-aside.ts';
import { describe } from './failure.ts';
import { onlyProject } from './lone-project.ts';
import type { Told } from './outcome.ts';
import { type ApplyOptions, runPlan } from './run-plan.ts';

/**
 * @param told what is said of the failure, which is noted already
 * @returns the same, and what came of the way back, where there was one
 * @throws TowlineError ENGINE_UNREACHABLE; the signal's reason when it was aborted
 */
export async function backToWhatRan(
  options: ApplyOptions,
  project: DesiredProject,
  told: Told,
): Promise<Told> {
  const { store, clock, desired, observe, signal, log } = options;
  const { name, adopt } = project;
  if (adopt !== true) return told;
  const memory = await store.memory(clock.now());
  const observed = onlyProject(await observe(signal), name);
  const record = memory.projects.get(name) ?? {};
  const plan = planDevice({
    desired: { ...desired, projects: [project] },
    observed,
    memory: { ...memory, projects: new Map([[name, record]]) },
  });
  if (plan.targets.has(name) || plan.steps.length === 0) return told;
  log.warn({ project: name, why: told.message }, 'going back to what docker compose had made');
  const { failures } = await runPlan(options, plan, observed);
  signal.throwIfAborted();
  const error = failures.get(name)?.error;
  if (error !== undefined) return backFailed(error, told);
  const message = `${told.message}; what docker compose had made runs again`;
  const aside = record.setAside;
  if (aside?.digest === project.digest) await store.update(name, withSetAside(record, { ...aside, message }));
  return { ...told, message };
}

/** The next pass tries it anew. @throws TowlineError ENGINE_UNREACHABLE */
export function backFailed(error: unknown, told: Told | undefined): Told {
  const { code, message } = describe(error);
  if (code === 'ENGINE_UNREACHABLE') throw error;
  const before = told?.message === undefined ? '' : `${told.message}; and `;
  return {
    state: 'failed',
    code: told?.code ?? code,
    message: `${before}going back to what docker compose had made failed: ${message}`,
  };
}
