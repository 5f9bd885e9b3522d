/** What a step's failure says: of the state that was tried, or of the moment. */

import { backupErrors } from '../../core/errors/backup.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { type ErrorCode, isErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import type { Skipped } from '../../core/plan/target.ts';

/** Codes that say nothing against the state that was tried. */
export const innocent = new Set<ErrorCode>([
  'ENGINE_OTHER_PROJECT',
  'AGENT_DISK_FULL',
  'ENGINE_DISK_FULL',
  ...Object.keys(backupErrors).filter(isErrorCode),
]);

export interface Failure {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  /** What its containers said last, for the status. */
  readonly lastWords?: string;
}

/** A state that was not tried: something else stands in its way. */
export class Untried extends TowlineError {
  constructor({ code, reason }: Skipped) {
    super(isErrorCode(code) ? code : 'ENGINE_REFUSED', reason);
  }
}

/** The snapshot that the plan was made of is out of date, or may be. */
export function isStale(error: unknown): error is TowlineError {
  return isTowlineError(error, 'ENGINE_STALE');
}

export function describe(thrown: unknown): Failure {
  // What a new look has not mended is what the engine itself said.
  const error = namedIfDiskFull(isStale(thrown) ? thrown.cause : thrown);
  const message = messageOf(error);
  return { code: isTowlineError(error) ? error.code : undefined, message };
}
