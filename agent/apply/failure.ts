/** What a step's failure says: of the state that was tried, or of the moment. */
import { messageOf } from '../../core/errors/cause.ts';
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import type { Skipped } from '../../core/plan/target.ts';
import { engineStatus } from '../runtime/engine/engine.ts';

/** Codes that say nothing against the state that was tried. */
export const innocent = new Set<ErrorCode>(['ENGINE_OTHER_PROJECT', 'AGENT_DISK_FULL']);

export interface Failure {
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** Something has changed since the snapshot: another tool, or a request of an agent that was killed. */
export function isStale(error: unknown): boolean {
  const status = engineStatus(error);
  if (status === 404 || status === 409) return true;
  // 403: an attachment that a request still on its way has made.
  const attached = /already exists in network|has active endpoints/;
  if (status === 403 && error instanceof Error && attached.test(error.message)) return true;
  // A network that a request still on its way has made a second time, or a container that somebody removed.
  return (
    isTowlineError(error) &&
    error.code === 'ENGINE_START_FAILED' &&
    /is ambiguous \(\d+ matches|No such container/.test(error.message)
  );
}

/** A state that was not tried: something else stands in its way. */
export class Untried extends TowlineError {
  constructor({ code, reason }: Skipped) {
    super((code ?? 'ENGINE_REFUSED') as ErrorCode, reason);
  }
}

export function describe(thrown: unknown): Failure {
  const error = namedIfDiskFull(thrown);
  const message = messageOf(error);
  return { code: isTowlineError(error) ? error.code : undefined, message };
}
