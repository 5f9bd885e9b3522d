/** Commands that a service runs after its start and before its stop. */

import type { HookModel } from '../../../core/compose/value/model.ts';
import { TowlineError } from '../../../core/errors.ts';
import { members, nullable, number, truth } from './answer-shape.ts';
import { made } from './engine-answers.ts';
import { engineStatus } from './refusals.ts';
import type { RunContext } from './run-context.ts';

const hookState = members({ Running: truth, ExitCode: nullable(number) });

/** All commands of one kind of one container. */
const hooksTimeoutMs = 5 * 60_000;
const pollMs = 100;

type HookKind = 'post_start' | 'pre_stop';

function execBody(hook: HookModel) {
  const { user, working_dir: workingDirectory } = hook;
  const environment = Object.entries(hook.environment ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  return {
    Cmd: hook.command ?? [],
    AttachStdout: false,
    AttachStderr: false,
    Privileged: hook.privileged === true,
    Env: environment,
    ...(user === undefined ? {} : { User: user }),
    ...(workingDirectory === undefined ? {} : { WorkingDir: workingDirectory }),
  };
}

async function runHook(
  context: RunContext,
  hook: HookModel,
  { container, endMs }: { readonly container: string; readonly endMs: number },
  signal: AbortSignal,
): Promise<number> {
  const { engine, clock } = context;
  if (clock.monotonic() >= endMs) return -1;
  const { Id } = await engine.call(
    { method: 'POST', path: `/containers/${container}/exec`, body: execBody(hook), answer: made },
    signal,
  );
  await engine.call({ method: 'POST', path: `/exec/${Id}/start`, body: { Detach: true } }, signal);
  for (;;) {
    const state = await engine.call({ method: 'GET', path: `/exec/${Id}/json`, answer: hookState }, signal);
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
    if (clock.monotonic() >= endMs) return -1;
    await clock.sleep(pollMs, signal);
  }
}

export interface Hooked {
  readonly project: string;
  readonly service: string;
  readonly kind: HookKind;
  readonly container: string;
}

/**
 * Runs the hooks of the definition that the container was made of, where that is known.
 * A failing `post_start` fails the start; a failing `pre_stop` is said and the stop goes on.
 * @throws TowlineError ENGINE_HOOK_FAILED
 */
export async function runHooks(
  context: RunContext,
  { project, service, kind, container }: Hooked,
  signal: AbortSignal,
): Promise<void> {
  const target = context.plan.targets.get(project);
  const lastGood = (await context.store.record(project)).lastGood;
  // What stops was made by the last good state, as a rule; what starts is the target's.
  const source = kind === 'pre_stop' ? (lastGood ?? target) : target;
  const endMs = context.clock.monotonic() + hooksTimeoutMs;
  for (const hook of source?.model.services[service]?.[kind] ?? []) {
    let code: number;
    try {
      code = await runHook(context, hook, { container, endMs }, signal);
    } catch (error) {
      if (engineStatus(error) === undefined) throw error;
      code = -1;
    }
    if (code === 0) continue;
    const message = `a ${kind} command of ${service} ended with ${code}`;
    if (kind === 'post_start') {
      throw new TowlineError('ENGINE_HOOK_FAILED', message, { details: { project, service } });
    }
    context.log.warn({ project, service, code }, 'pre_stop command failed');
  }
}
