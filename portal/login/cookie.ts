/** Cookies of this page alone: `__Host-` has a browser take them from no other host, and over TLS only. */
import type { IncomingMessage } from 'node:http';

export const sessionCookie = '__Host-towline';
/** Binds the way back from a provider to the browser that went there. */
export const wayCookie = '__Host-towline-way';

const value = /^[A-Za-z0-9_-]{16,128}$/;

/** @returns undefined: there is none, more than one, or something else is in it */
export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const prefix = `${name}=`;
  const found = (headers.cookie ?? '')
    .slice(0, 4096)
    .split(/; */)
    .filter(pair => pair.startsWith(prefix))
    .map(pair => pair.slice(prefix.length));
  const [only = ''] = found;
  return found.length === 1 && value.test(only) ? only : undefined;
}

/** @param maxAgeSec 0: the browser forgets it */
export function setCookie(name: string, token: string, maxAgeSec: number): string {
  // A browser that comes back from a provider is sent by another site: such a way is `Lax`.
  const site = name === wayCookie ? 'Lax' : 'Strict';
  return `${name}=${token}; Path=/; Max-Age=${maxAgeSec}; HttpOnly; Secure; SameSite=${site}`;
}
