/** What the engine's refusals mean: by their status, and in its own English where that has none. */
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';

/** Status code of an engine's refusal, or undefined for other errors. */
export function engineStatus(error: unknown): number | undefined {
  if (!isTowlineError(error, 'ENGINE_REFUSED')) return undefined;
  return typeof error.details.status === 'number' ? error.details.status : undefined;
}

/** Runs `call`; what is gone by now is no error. */
export async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
}

/** Engines give it no status of its own. */
export function isNotAttached(error: unknown): boolean {
  return error instanceof Error && error.message.includes('is not connected to the network');
}

export function hasThatName(error: unknown): boolean {
  return error instanceof Error && error.message.includes('same name as its current name');
}

/** The engine's disk is full: that says nothing against what was to be made or started. */
function isEngineFull(error: unknown): boolean {
  const isRefusal = isTowlineError(error, 'ENGINE_REFUSED') || isTowlineError(error, 'ENGINE_START_FAILED');
  return isRefusal && /no space left on device|disk quota exceeded/i.test(error.message);
}

/** As ENGINE_DISK_FULL, caused by it, where that is what the engine says; any other error stays what it is. */
export function namedIfFull(error: unknown): unknown {
  if (!isEngineFull(error)) return error;
  return new TowlineError('ENGINE_DISK_FULL', messageOf(error), { cause: error });
}

/** As ENGINE_STALE, caused by it, where a new snapshot may be all that is needed; any other error stays what it is. */
export function namedIfStale(error: unknown): unknown {
  return isStale(error) ? new TowlineError('ENGINE_STALE', messageOf(error), { cause: error }) : error;
}

/** Something has changed since the snapshot: another tool, or a request of an agent that was killed. */
function isStale(error: unknown): boolean {
  const status = engineStatus(error);
  if (status === 404 || status === 409) return true;
  // 403: an attachment that a request still on its way has made.
  const attached = /already exists in network|has active endpoints/;
  if (status === 403 && attached.test(messageOf(error))) return true;
  // A network that a request still on its way has made a second time, or a container that somebody removed.
  return (
    isTowlineError(error, 'ENGINE_START_FAILED') &&
    /is ambiguous \(\d+ matches|No such container/.test(error.message)
  );
}
