/** What is noted of a project whose steps have failed, and what is said of it. */
import type { DesiredProject } from '../../core/desired/state.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { nextTry } from '../../core/plan/next-try.ts';
import { planDevice, planFingerprint, stepsOf } from '../../core/plan/plan.ts';
import { withSetAside } from '../../core/plan/set-aside.ts';
import type { Failure } from './failure.ts';
import type { Told } from './outcome.ts';
import type { ApplyOptions } from './run-plan.ts';

/** The state has not failed, but cannot be had now. */
export async function tryLater(
  { store, clock }: ApplyOptions,
  { name, digest }: DesiredProject,
  { code, message }: Failure & { readonly code: ErrorCode },
): Promise<Told> {
  const { attempts: before, lastGood } = await store.record(name);
  const { count, nextMs, words } = nextTry(before, digest, clock.now());
  await store.update(name, { attempts: { digest, count, nextMs, code, message } });
  const state = lastGood === undefined ? 'failed' : 'degraded';
  return { state, code, message: `${message}; ${words}` };
}

/** The last good state is never set aside: there is nothing better to go back to. */
export async function mendLater(
  { store, clock, desired, observe, signal }: ApplyOptions,
  { name, digest }: DesiredProject,
  { code, message, lastWords }: Failure,
): Promise<Told> {
  const observed = await observe(signal);
  const before = (await store.record(name)).mending;
  await store.update(name, { mending: undefined, loop: undefined });
  const memory = await store.memory(clock.now());
  const again = stepsOf(planDevice({ desired, observed, memory }).steps, name);
  if (again.length === 0) return { state: 'failed', mending: true, code, message };
  const { count, nextMs, words } = nextTry(before, digest, clock.now());
  const fingerprint = planFingerprint(again);
  const mending = {
    digest,
    count,
    nextMs,
    code: code ?? 'ENGINE_REFUSED',
    message,
    fingerprint,
    ...said(lastWords),
  };
  await store.update(name, { mending });
  return { state: 'failed', mending: true, code, message: `${message}; ${words}` };
}

/** Not tried again before another state is desired, or a person says so. */
export async function setAside(
  { store, clock }: ApplyOptions,
  { name, digest }: DesiredProject,
  { code, message, lastWords }: Failure,
): Promise<Told> {
  const aside = { digest, code: code ?? 'ENGINE_REFUSED', message, atMs: clock.now(), ...said(lastWords) };
  await store.update(name, { ...withSetAside(await store.record(name), aside), attempts: undefined });
  return { state: 'failed', code, message };
}

const said = (lastWords: string | undefined) => (lastWords === undefined ? {} : { lastWords });
