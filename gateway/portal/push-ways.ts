/** Which ways of signing a gateway's page has for a person, and why the others are closed to them. */
import type { Way } from '../../portal/api/types.generated.ts';
import type { Viewer } from '../../portal/home/viewer.ts';

/** @param upstream the forge that main comes from; undefined: people push it here */
export function gatewayWays(
  viewer: Pick<Viewer, 'by' | 'pushes'>,
  upstream: { readonly url: string } | undefined,
): readonly Way[] {
  const forge = upstream === undefined ? undefined : `main comes from the forge, ${upstream.url}`;
  const login = viewer.by === 'oidc' ? 'who logged in by a provider changes nothing' : undefined;
  const pushes = viewer.pushes();
  const main = pushes === 'all' ? undefined : '`git.fleet` of your operator file does not say `write`';
  const branch =
    pushes === 'none' ? '`git.fleet` of your operator file says neither `write` nor `request`' : undefined;
  const atDesk = 'your key is with you: `towline portal` signs with it from your clone';
  const request = forge === undefined ? 'this gateway has no forge' : `${forge}: open a pull request there`;
  return [
    wayOf('passkey', login ?? main ?? forge),
    wayOf('local', atDesk),
    wayOf('patch', undefined),
    wayOf('request', login ?? branch),
    wayOf('forge', request),
  ];
}

const wayOf = (way: Way['way'], why: string | undefined): Way =>
  why === undefined ? { way, open: true } : { way, open: false, why };
