import { TowlineError } from '../core/errors.ts';
import { isDiskFull } from '../core/io/file/disk-full.ts';

/** As an error with a code of ours where the disk is full; any other error stays what it is. */
export function namedIfDiskFull(error: unknown): unknown {
  if (!isDiskFull(error)) return error;
  const message = `no room for the agent's files: ${error instanceof Error ? error.message : ''}`;
  return new TowlineError('AGENT_DISK_FULL', message, { cause: error });
}
