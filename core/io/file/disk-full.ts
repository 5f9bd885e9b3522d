import { errnoOf } from '../../errors/cause.ts';

/** The file system says that it has no room: at all, or for this user. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '');
}
