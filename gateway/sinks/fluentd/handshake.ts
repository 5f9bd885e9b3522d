/**
 * Both ends show that they know the shared key, and the client a user's password where it is asked for. Forward protocol
 * v1, "Handshake Phase": HELO, PING, PONG.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { TowlineError } from '../../../core/errors.ts';
import { isFields } from '../../../core/json.ts';
import { printable } from '../../../core/shown-text.ts';

/** A stranger's words, for a log line. */
const longestReason = 200;

export interface ForwardSecurity {
  readonly sharedKey: string;
  readonly user?: { readonly name: string; readonly password: string };
  /** Of this client: a server refuses its own name. */
  readonly hostname: string;
}

export interface Helo {
  readonly nonce: Uint8Array;
  /** Of the user's password; empty: none is asked for. */
  readonly auth: Uint8Array;
}

export interface Pong {
  readonly ok: boolean;
  readonly reason: string;
  readonly hostname: string;
  readonly digest: string;
}

/** @param message as MessagePack has it, strings as bytes. @returns undefined: it is none */
export function readHelo(message: unknown): Helo | undefined {
  if (!Array.isArray(message) || textOf(message[0]) !== 'HELO' || !isFields(message[1])) return undefined;
  const { nonce, auth = new Uint8Array() } = message[1];
  if (!(nonce instanceof Uint8Array) || !(auth instanceof Uint8Array)) return undefined;
  return { nonce, auth };
}

/** @returns undefined: it is none */
export function readPong(message: unknown): Pong | undefined {
  if (!Array.isArray(message) || textOf(message[0]) !== 'PONG' || typeof message[1] !== 'boolean')
    return undefined;
  const [reason, hostname, digest] = [textOf(message[2]), textOf(message[3]), textOf(message[4])];
  if (reason === undefined || hostname === undefined || digest === undefined) return undefined;
  return { ok: message[1], reason, hostname, digest };
}

/** @throws TowlineError TELEMETRY_RECEIVER_DENIES where a user is asked for and none is known */
export function ping(security: ForwardSecurity, helo: Helo, salt: Uint8Array): readonly unknown[] {
  const { sharedKey, user, hostname } = security;
  const digest = hexDigest([salt, hostname, helo.nonce, sharedKey]);
  if (helo.auth.length === 0) return ['PING', hostname, salt, digest, '', ''];
  if (user === undefined) throw denies('it asks for a user, and none is configured');
  return ['PING', hostname, salt, digest, user.name, hexDigest([helo.auth, user.name, user.password])];
}

/** @throws TowlineError TELEMETRY_RECEIVER_DENIES unless the other end knows the key, too */
export function checkPong(security: ForwardSecurity, pong: Pong, helo: Helo, salt: Uint8Array): void {
  const { sharedKey, hostname } = security;
  if (!pong.ok) throw denies(`it refuses us: ${printable(pong.reason.slice(0, longestReason))}`);
  if (pong.hostname === hostname) throw denies('it has our own name');
  const expected = Buffer.from(hexDigest([salt, pong.hostname, helo.nonce, sharedKey]));
  const said = Buffer.from(pong.digest);
  if (said.length !== expected.length || !timingSafeEqual(said, expected))
    throw denies('it does not know the shared key');
}

function hexDigest(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function textOf(value: unknown): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
}

function denies(why: string): TowlineError {
  return new TowlineError('TELEMETRY_RECEIVER_DENIES', `the Fluentd server: ${why}`);
}
