/** steps → outcome: images first, health decides, failure goes back to the last good state. */

import { messageOf } from '../../core/errors/cause.ts';
import { stepsOf } from '../../core/plan/plan.ts';
import { Leftovers } from '../projects/leftovers.ts';
import { forgetBackups, noteSchedules } from './backups.ts';
import { type ApplyOutcome, overallOutcome, type ProjectOutcome } from './outcome.ts';
import { ProjectVerdict } from './project-verdict.ts';
import { removedProjects } from './removed-projects.ts';
import { forgetStrays } from './restores.ts';
import { type ApplyOptions, runPlan } from './run-plan.ts';
import { sweepLeftovers, tidyImages } from './tidying.ts';

/**
 * Carries out a plan and decides what came of it. A project that fails goes back to its last good state and its
 * digest is set aside; the others go on. What a person must know stands in the outcome.
 * @throws the signal's reason when it was aborted; TowlineError ENGINE_UNREACHABLE when the engine went away: the
 *   next pass goes on from what is there.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyOutcome> {
  const { plan, desired, store, log, signal } = options;
  await noteSchedules(options);
  await forgetStrays(options);
  await forgetBackups(options, plan.targets.values());
  for (const notice of plan.notices) log.warn(notice, 'notice');
  const leftovers = new Leftovers(options.folders);
  const result = await runPlan(options, plan, options.observed);
  signal.throwIfAborted();
  let observed = plan.steps.length > 0 ? await options.observe(signal) : options.observed;
  const projects: ProjectOutcome[] = [];
  for (const project of [...desired.projects].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const verdict = new ProjectVerdict(options, project, leftovers);
    const failure = result.failures.get(project.name);
    if (failure !== undefined) {
      log.warn(
        { project: project.name, step: failure.step.kind, error: messageOf(failure.error) },
        'step failed',
      );
      await verdict.fail(failure, stepsOf(result.begun, project.name));
      observed = await options.observe(signal);
    } else if (stepsOf(plan.steps, project.name).length > 0) {
      await verdict.confirm(observed, stepsOf(plan.steps, project.name));
    }
    projects.push(await verdict.outcome(observed));
  }
  projects.push(...(await removedProjects(options, { failures: result.failures, observed, leftovers })));
  await store.tidy();
  await tidyImages(options);
  return {
    outcome: overallOutcome(projects, plan.steps.length > 0),
    projects,
    leftovers: await sweepLeftovers(leftovers, options),
  };
}
