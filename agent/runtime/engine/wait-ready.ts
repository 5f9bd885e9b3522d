/** Waits until one container of a service is fit to serve: the old one stops only then. */
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { StepOf } from '../../../core/plan/step.ts';
import { type ContainerDetails, containerDetails } from './engine-answers.ts';
import { containerOf, type RunContext, targetOf } from './run-context.ts';
import { HealthWatch, type Moment, pollMs, type Verdict } from './service-health.ts';

/** Like the gate's, and more: it must run on, and a check that it passes must have begun after the first look. */
class ReadyWatch {
  readonly #service: string;
  readonly #settled: boolean;
  /** A check says it at once; where there is none, time must. */
  readonly #checked: HealthWatch;
  readonly #unchecked: HealthWatch;
  #firstCheck: string | undefined;

  constructor(project: DesiredProject, { service, settled }: StepOf<'wait-ready'>) {
    this.#service = service;
    this.#settled = settled;
    this.#checked = new HealthWatch(project, settled ? project.update.stablePeriodMs : 0);
    this.#unchecked = new HealthWatch(project, project.update.stablePeriodMs);
  }

  judge(details: ContainerDetails, at: Moment): Verdict {
    const service = this.#service;
    const { Status: status, ExitCode: code, Health: health } = details.State;
    const watch = health === undefined || health.Status === 'none' ? this.#unchecked : this.#checked;
    const verdict = watch.judge({ service, details }, at);
    if (verdict.kind !== 'good') return verdict;
    if (status !== 'running') return { kind: 'bad', why: `${service} ended with ${code}` };
    if (!this.#settled || watch === this.#unchecked) return verdict;
    const last = (health?.Log ?? []).at(-1)?.Start ?? '';
    this.#firstCheck ??= last;
    return last !== this.#firstCheck
      ? verdict
      : { kind: 'wait', why: `${service} was not checked again under its names` };
  }
}

/**
 * At most for the app's `healthTimeout`.
 * @throws TowlineError ENGINE_NOT_HEALTHY
 */
export async function waitReady(
  step: StepOf<'wait-ready'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const project = targetOf(context, step.project);
  const watch = new ReadyWatch(project, step);
  const { healthTimeoutMs } = project.update;
  const endMs = context.clock.monotonic() + healthTimeoutMs;
  const path = `/containers/${containerOf(context, step)}/json`;
  for (;;) {
    const askedMs = context.clock.monotonic();
    const details = await context.engine.call({ method: 'GET', path, answer: containerDetails }, signal);
    const answeredMs = context.clock.monotonic();
    const verdict = watch.judge(details, { askedMs, answeredMs });
    if (verdict.kind === 'good') return;
    const late = answeredMs >= endMs ? ` after ${Math.round(healthTimeoutMs / 1000)} s` : undefined;
    if (verdict.kind === 'bad' || late !== undefined) {
      const message = `${verdict.why}${late ?? ''}`;
      const { project: name, service } = step;
      throw new TowlineError('ENGINE_NOT_HEALTHY', message, { details: { project: name, service } });
    }
    await context.clock.sleep(pollMs, signal);
  }
}
