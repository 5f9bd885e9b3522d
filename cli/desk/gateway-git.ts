/** git towards a gateway, as a person uses it: what may go wrong on the way has codes of its own. */
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import { type GitOptions, git } from './git.ts';

const timeoutMs = 120_000;

/** What git and ssh say, in English, for want of anything better that they give. */
const signs: readonly (readonly [code: ErrorCode, said: RegExp])[] = [
  [
    'CLI_GATEWAY_REFUSED',
    /Permission denied|Host key verification failed|HOST IDENTIFICATION HAS CHANGED|Too many authentication failures|GATEWAY_[A-Z_]+/,
  ],
  [
    'CLI_GATEWAY_UNREACHABLE',
    /Connection (refused|timed out|reset|closed)|Operation timed out|No route to host|Network is unreachable|Could not resolve host|Failed to connect|banner exchange|kex_exchange_identification|no answer within/,
  ],
];

/**
 * Fetches into `directory`. git may ask the person for a passphrase.
 * @param place anything that git fetches from
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY where something answers that
 *   has not what is asked for
 */
export async function fetchFrom(
  place: string,
  refspec: string,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const args = ['fetch', '--quiet', '--prune', '--no-tags', '--depth=1', '--end-of-options', place, refspec];
  const how = { directory, interactive: true, timeoutMs, signal, environment: { LC_ALL: 'C' } };
  try {
    await git(args, how);
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
    const code = signs.find(([, said]) => said.test(cause.message))?.[0] ?? 'CLI_NO_TELEMETRY';
    if (code === 'CLI_NO_TELEMETRY' && refspec.includes('*') && (await hasNothing(place, how))) return;
    throw new TowlineError(code, `${place}: ${cause.message.replace(/^git fetch: /, '')}`, { cause });
  }
}

/** git fetches no depth of nothing, and ends without a word: a gateway's repository that no device has written to yet. */
async function hasNothing(place: string, how: GitOptions): Promise<boolean> {
  const listed = await git(['ls-remote', '--quiet', '--end-of-options', place], how).catch(() => undefined);
  // A fleet's own repository, by mistake.
  return listed !== undefined && !/\srefs\/heads\/(telemetry\/|main$)/m.test(listed);
}
