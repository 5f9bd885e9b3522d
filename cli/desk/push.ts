/** Pushes one ref, for a verb that has made what it pushes. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { named } from './gateway-git.ts';
import { git } from './git.ts';

export interface Push {
  readonly directory: string;
  readonly remote: string;
  readonly commit: ObjectId;
  /** `refs/heads/…` */
  readonly ref: string;
  /** `git push -o`. */
  readonly options?: readonly string[];
}

/** `moved`: somebody was there first. */
export type Pushed = {
  readonly outcome: 'taken' | 'moved';
  /** What the remote said to the person: a forge, where to open the pull request. */
  readonly words: readonly string[];
};

const timeoutMs = 120_000;
const maxWords = 16 * 1024;

/** By git's own words, or those of the gateway's git where two arrive at once. */
const movedSigns =
  /\((fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref[^)]*|incorrect old value provided)\)/;

/**
 * git may ask the person for a passphrase.
 * @throws TowlineError CLI_PUSH_REFUSED; CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED; the signal's reason
 */
export async function push(
  { directory, remote, commit, ref, options = [] }: Push,
  signal: AbortSignal,
): Promise<Pushed> {
  let said = '';
  const args = ['push', ...options.flatMap(option => ['-o', option]), '--end-of-options', remote];
  try {
    await git([...args, `${commit}:${ref}`], {
      ...{ directory, interactive: true, timeoutMs, signal },
      // The hook of this clone asks what was asked already.
      environment: { LC_ALL: 'C', TOWLINE_CHECKED: commit },
      onComplaint: text => {
        said = (said + text).slice(-maxWords);
      },
    });
    return { outcome: 'taken', words: wordsOf(said) };
  } catch (cause) {
    signal.throwIfAborted();
    const rejected = /! \[(?:remote )?rejected\][^\n]*/.exec(said)?.[0];
    if (rejected !== undefined && movedSigns.test(rejected)) return { outcome: 'moved', words: [] };
    const error = named(cause, remote, 'CLI_PUSH_REFUSED');
    if (rejected === undefined) throw error;
    const why = [...wordsOf(said), rejected.replace(/^! /, '')].join('; ');
    throw new TowlineError('CLI_PUSH_REFUSED', `${remote}: ${why}`, { cause });
  }
}

function wordsOf(said: string): string[] {
  return said
    .split(/[\r\n]+/)
    .filter(line => line.startsWith('remote:'))
    .map(line => line.slice('remote:'.length).trim())
    .filter(line => line !== '');
}
