/** How a registry is told who asks, at the desk and at the gateway. Source: distribution's token authentication. */
import { readFields } from '../../json.ts';

/** Of an account of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export const basicHeader = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** `Bearer realm="…",service="…",scope="…"` → its parameters. */
export function challengeOf(header: string): { scheme: string; parameters: Record<string, string> } {
  const [scheme = ''] = header.split(' ');
  const parameters = [...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map(
    ([, key = '', value = '']) => [key, value] as const,
  );
  return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

/**
 * Where a token for one repository is given.
 * @param parameters of a challenge
 * @returns undefined: it names no such place
 */
export function tokenPlace(
  { realm = '', service, scope }: Readonly<Record<string, string>>,
  repository: string,
): URL | undefined {
  const place = URL.canParse(realm) ? new URL(realm) : undefined;
  if (place === undefined || !/^https?:$/.test(place.protocol)) return undefined;
  if (service !== undefined) place.searchParams.set('service', service);
  place.searchParams.set('scope', scope ?? `repository:${repository}:pull`);
  return place;
}

/** What that place has answered. @throws SyntaxError for what is no JSON */
export function readToken(body: Buffer): { readonly token: unknown; readonly holdsSec: unknown } {
  const { token, access_token: other, expires_in: holdsSec } = readFields(body.toString('utf8'));
  return { token: token ?? other, holdsSec };
}
