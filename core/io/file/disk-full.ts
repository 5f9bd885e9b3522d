import { errnoOf, messageOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';

/** The file system says that it has no room: at all, or for this user. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '');
}

/** As an error with a code of ours where the agent's disk is full; any other error stays what it is. */
export function namedIfDiskFull(error: unknown): unknown {
  if (!isDiskFull(error)) return error;
  const message = `no room for the agent's files: ${messageOf(error)}`;
  return new TowlineError('AGENT_DISK_FULL', message, { cause: error });
}
