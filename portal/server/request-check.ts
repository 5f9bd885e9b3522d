/**
 * Whether a request comes from the page itself. A browser sends whatever another page makes it send, under any name that leads
 * here: so Host and Origin are exact, and what changes something bears what only the page can set.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TowlineError } from '../../core/errors.ts';

/** Of a request that changes something, beside what a session asks for. */
const csrfHeader = 'x-towline-csrf';

/**
 * DNS rebinding: a name of a stranger that leads to this machine is not ours.
 * @param origin `https://portal.example.com`, `http://127.0.0.1:40123`
 * @throws TowlineError PORTAL_FOREIGN_HOST
 */
export function assertOwnHost({ headersDistinct }: IncomingMessage, origin: string): void {
  // Of two names a proxy in front may have believed the other.
  const [host, another] = headersDistinct.host ?? [];
  const { protocol, host: own, port } = new URL(origin);
  const named = another === undefined ? host?.toLowerCase() : undefined;
  if (named === own) return;
  // 80 and 443 go without saying, or with.
  if (port === '' && named === `${own}:${protocol === 'https:' ? 443 : 80}`) return;
  throw new TowlineError('PORTAL_FOREIGN_HOST', 'this is not the name of the page');
}

/** A page may be opened from anywhere, but in no frame. @throws TowlineError PORTAL_FOREIGN_ORIGIN */
export function assertNoFrame(headers: IncomingHttpHeaders): void {
  const destination = headers['sec-fetch-dest'];
  if (typeof destination === 'string' && /^(?:frame|iframe|embed|object|fencedframe)$/.test(destination))
    throw foreign('the page shows itself in no frame');
}

/**
 * What reads. Browsers of the last years say where a request comes from; programs and older ones do not.
 * @throws TowlineError PORTAL_FOREIGN_ORIGIN
 */
export function assertOwnRead(headers: IncomingHttpHeaders, origin: string): void {
  if (headers.origin !== undefined && headers.origin !== origin) throw foreign('another page asks');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign('another site asks');
}

/** What changes something, and the opening of a WebSocket. @throws TowlineError PORTAL_FOREIGN_ORIGIN */
export function assertOwnPage(headers: IncomingHttpHeaders, origin: string): void {
  if (headers.origin !== origin) throw foreign('another page asks, or none');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw foreign('another site asks');
}

/** No form of HTML can send this, and a script of another origin may not. @throws TowlineError PORTAL_FOREIGN_ORIGIN */
export function assertJson(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'] ?? '';
  if (!/^application\/json(?:; ?charset=utf-8)?$/i.test(type)) throw foreign('it is no JSON that is sent');
}

/** As `assertJson`, of bytes. @throws TowlineError PORTAL_FOREIGN_ORIGIN */
export function assertBytes(headers: IncomingHttpHeaders): void {
  if (headers['content-type']?.toLowerCase() !== 'application/octet-stream')
    throw foreign('it is no file that is sent');
}

/** @param csrf of the session @throws TowlineError PORTAL_FOREIGN_ORIGIN */
export function assertToken(headers: IncomingHttpHeaders, csrf: string): void {
  const sent = headers[csrfHeader];
  if (typeof sent !== 'string' || !isSame(sent, csrf)) throw foreign(`${csrfHeader} is not the session's`);
}

/** In a time that says nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function foreign(why: string): TowlineError {
  return new TowlineError('PORTAL_FOREIGN_ORIGIN', why);
}
