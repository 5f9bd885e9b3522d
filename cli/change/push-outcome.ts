/** What became of a push to main that failed: its commit may be there all the same, where the answer was lost. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';
import type { TrustWalk } from '../trust/walk.ts';

export interface FailedPush {
  readonly error: unknown;
  readonly directory: string;
  readonly commit: ObjectId;
  /** What main was. */
  readonly base: ObjectId;
  /** Fetches main and walks. */
  look(): Promise<TrustWalk>;
}

/**
 * @returns true: the commit stands on main; false: somebody was there first
 * @throws what the push threw where nothing has changed there; TowlineError CLI_PUSH_UNKNOWN where nobody can say
 */
export async function isTaken(
  { error, directory, commit, base, look }: FailedPush,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted || !isTowlineError(error)) throw error;
  const found = await look().catch(() => undefined);
  if (found === undefined) {
    if (/\[(?:remote )?rejected\]/.test(error.message)) throw error;
    const message = `${commit} was being pushed to main, and whether it is there is not known: ${error.message}`;
    throw new TowlineError('CLI_PUSH_UNKNOWN', message, { cause: error });
  }
  await using now = found;
  const { commit: head } = now.trusted;
  const isThere =
    (await git(['rev-list', '--max-count=1', commit, '--not', head], { directory, signal })) === '';
  if (isThere) return true;
  if (error.code === 'CLI_PUSH_REFUSED' && head !== base) return false;
  throw error;
}

/** Whether the commit of a change that failed may be on main, or come there: keys and tokens of it are not taken away. */
export const mayHaveArrived = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted ||
  isTowlineError(error, 'CLI_PUSH_UNKNOWN') ||
  isTowlineError(error, 'CLI_GATEWAY_UNREACHABLE');
