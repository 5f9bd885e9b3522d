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

export interface Fetching {
  /** Anything that git fetches from. */
  readonly place: string;
  readonly refspecs: readonly string[];
  readonly directory: string;
  /** Commits of each branch. Absent: all that is new, behind what is there. */
  readonly depth?: number;
  /** What it is called where something answers that has not what is asked for: CLI_NO_TELEMETRY. */
  readonly otherwise?: ErrorCode;
}

const how = (directory: string, signal: AbortSignal) => ({
  ...{ directory, interactive: true, timeoutMs, signal },
  environment: { LC_ALL: 'C' },
});

/**
 * git may ask the person for a passphrase.
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY where something answers that
 *   has not what is asked for
 */
export async function fetchRefs(fetching: Fetching, signal: AbortSignal): Promise<void> {
  const { place, refspecs, directory, depth, otherwise } = fetching;
  const deep = depth === undefined ? [] : [`--depth=${depth}`];
  const args = ['fetch', '--quiet', '--prune', '--no-tags', ...deep, '--end-of-options', place, ...refspecs];
  try {
    await git(args, how(directory, signal));
  } catch (cause) {
    const error = named(cause, place, otherwise);
    const isAll = refspecs.some(refspec => refspec.includes('*'));
    if (error.code === 'CLI_NO_TELEMETRY' && isAll && (await hasNothing(place, how(directory, signal))))
      return;
    throw error;
  }
}

/** One ref, of which the newest commit alone is fetched. @throws TowlineError as `fetchRefs` */
export async function fetchFrom(
  place: string,
  refspec: string,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  await fetchRefs({ place, refspecs: [refspec], directory, depth: 1 }, signal);
}

/** Refs there, of these, and their ids. @throws TowlineError as `fetchRefs` */
export async function listRefs(
  {
    place,
    refs,
    directory,
    otherwise,
  }: Pick<Fetching, 'place' | 'directory' | 'otherwise'> & { readonly refs: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  try {
    const args = ['ls-remote', '--quiet', '--refs', '--end-of-options', place, ...refs];
    return refsIn(await git(args, how(directory, signal)));
  } catch (cause) {
    throw named(cause, place, otherwise);
  }
}

/** @param listed lines `id TAB ref` */
export function refsIn(listed: string): ReadonlyMap<string, string> {
  return new Map(
    listed.split('\n').flatMap(line => {
      const [id, ref] = line.split('\t', 2);
      return id === undefined || ref === undefined ? [] : [[ref, id] as const];
    }),
  );
}

/** @throws what is no failure of git */
export function named(
  cause: unknown,
  place: string,
  otherwise: ErrorCode = 'CLI_NO_TELEMETRY',
): TowlineError {
  if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
  const code = signs.find(([, said]) => said.test(cause.message))?.[0] ?? otherwise;
  return new TowlineError(code, `${place}: ${cause.message.replace(/^git (?:fetch|ls-remote|push): /, '')}`, {
    cause,
  });
}

/** git fetches no depth of nothing, and ends without a word: a gateway's repository that no device has written to yet. */
async function hasNothing(place: string, how: GitOptions): Promise<boolean> {
  const listed = await git(['ls-remote', '--quiet', '--end-of-options', place], how).catch(() => undefined);
  // A fleet's own repository, by mistake.
  return listed !== undefined && !/\srefs\/heads\/(telemetry\/|main$)/m.test(listed);
}
