import { ByteCursor } from '../trust/git/byte-cursor.ts';

/** Whether a PIN, a finger or a face must be shown, or a touch does. */
export type Verification = 'required' | 'preferred';

/** What an authenticator says of itself (WebAuthn level 3, section 6.1). */
export interface AuthenticatorData {
  /** SHA-256 of the RP id. */
  readonly rpIdHash: Buffer;
  readonly flags: number;
  /** Signatures so far, where it counts them. */
  readonly counter: number;
}

const hashBytes = 32;

const userPresent = 0x01;
const userVerified = 0x04;
const backupEligible = 0x08;
const backedUp = 0x10;
const attestedData = 0x40;
const extensionData = 0x80;
const known = userPresent | userVerified | backupEligible | backedUp | attestedData | extensionData;

/**
 * Of an assertion without extensions: 37 bytes, no more.
 * @throws Error that says what is there.
 */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  const cursor = new ByteCursor(bytes);
  const rpIdHash = cursor.take(hashBytes);
  const found = { rpIdHash, flags: cursor.byte(), counter: cursor.uint32() };
  cursor.end();
  return found;
}

/** @returns what is wrong, or undefined */
export function flagsProblem(flags: number, verification: Verification): string | undefined {
  if ((flags & userPresent) === 0) return 'nobody touched the authenticator (UP)';
  if (verification === 'required' && (flags & userVerified) === 0)
    return 'nobody was verified by PIN, finger or face (UV)';
  if ((flags & (attestedData | extensionData)) !== 0) return 'it carries extensions';
  if ((flags & ~known) !== 0) return 'it has a flag that nobody knows';
  if ((flags & backedUp) !== 0 && (flags & backupEligible) === 0)
    return 'it says that the key is backed up and cannot be';
  return undefined;
}
