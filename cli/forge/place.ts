/** Where a repository is, as a person names it. */
import { TowlineError } from '../../core/errors.ts';
import { isLoopback } from '../../core/io/registry/reference.ts';
import type { Place } from './dialect.ts';

/** @throws TowlineError CLI_USAGE for an address or a name that is none */
export function placeOf({ url, repository }: Place): Place {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.search + parsed.hash !== '')
    throw new TowlineError('CLI_USAGE', `--url "${url}" is no address of a forge`);
  if (parsed.username + parsed.password !== '')
    throw new TowlineError('CLI_USAGE', '--url names a user: the token belongs into --token-file');
  if (parsed.protocol === 'http:' && !isLoopback(parsed.host))
    throw new TowlineError('CLI_USAGE', `${url} is without TLS: a token goes there on this machine only`);
  if (
    repository.length > 500 ||
    !/^[\w.-]+(?:\/[\w.-]+)+$/.test(repository) ||
    /(?:^|\/)\.\.?(?:\/|$)/.test(repository)
  )
    throw new TowlineError('CLI_USAGE', `"${repository.slice(0, 200)}" is no owner/name of a repository`);
  return { url: parsed.href.replace(/\/+$/, ''), repository };
}
