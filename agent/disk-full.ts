import { TowlineError } from '../core/errors.ts';

/** The file system says that it has no room: at all, or for this user. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT' || error.code === 'AGENT_DISK_FULL';
}

/** As an error with a code that says so; any other error stays what it is. */
export function namedIfDiskFull(error: unknown): unknown {
  if (!isDiskFull(error) || error instanceof TowlineError) return error;
  const message = `no room for the agent's files: ${error instanceof Error ? error.message : ''}`;
  return new TowlineError('AGENT_DISK_FULL', message, { cause: error });
}
