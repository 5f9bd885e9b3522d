import type { ErrorCode } from '../../errors.ts';
import type { OwnedKey } from './trust-key.ts';

/** What a signature proves, before time is judged. */
export interface SoundSignature {
  readonly sound: true;
  readonly by: OwnedKey;
  /** OpenPGP: when it was made, by its own word, seconds since the epoch. */
  readonly madeSec?: number;
  /** OpenPGP: when the signature itself expires, seconds since the epoch. */
  readonly expiresSec?: number;
}

export interface UnsoundSignature {
  readonly sound: false;
  readonly code: ErrorCode;
  readonly message: string;
}

export type Evidence = SoundSignature | UnsoundSignature;

/** As what a key of a principal vouches: by their name, or, as a passkey, by one that counts only where passkeys do. */
export function voiceOf({ principal, key }: OwnedKey): string {
  return key.kind === 'passkey' ? passkeyVoice(principal) : principal;
}

/** No principal is called so: names have no blanks. */
export function passkeyVoice(principal: string): string {
  return `${principal} by passkey`;
}

export function unsound(code: ErrorCode, message: string): UnsoundSignature {
  return { sound: false, code, message };
}

/**
 * Whether a sound signature counts at a time. Line time is passed, never a clock: every device, whenever it comes
 * back, reaches the same verdict.
 * @param atSec Seconds since the epoch: line time, or the signed time if that is later.
 * @returns what is wrong, or undefined.
 */
export function timeProblem(signature: SoundSignature, atSec: number): UnsoundSignature | undefined {
  const { principal, key } = signature.by;
  const judgedSec = Math.max(atSec, signature.madeSec ?? 0);
  if (key.revoked) return unsound('TRUST_KEY_REVOKED', `key ${key.id} of ${principal} is revoked`);
  if (key.expiresSec !== undefined && judgedSec >= key.expiresSec) {
    return unsound(
      'TRUST_KEY_EXPIRED',
      `key ${key.id} of ${principal} expired at ${showTime(key.expiresSec)}`,
    );
  }
  if (signature.expiresSec !== undefined && judgedSec >= signature.expiresSec) {
    return unsound('TRUST_SIGNATURE_EXPIRED', `the signature expired at ${showTime(signature.expiresSec)}`);
  }
  return undefined;
}

/** Seconds since the epoch as RFC 3339 in UTC. */
export function showTime(timeSec: number): string {
  const date = new Date(timeSec * 1000);
  return Number.isNaN(date.getTime()) ? `${timeSec} s` : date.toISOString().replace('.000Z', 'Z');
}
