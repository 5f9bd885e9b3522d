/**
 * What a passkey signs: that somebody touched it, on which page, for which challenge. For login the challenge is the
 * server's; for a commit it is the whole message that SSH would sign.
 */
import { createHash, verify } from 'node:crypto';
import type { TrustKey } from '../trust/signature/trust-key.ts';
import { type AuthenticatorData, flagsProblem, type Verification } from './authenticator-data.ts';
import { clientDataProblem, readClientData } from './client-data.ts';

/** An assertion, taken apart; nothing of it is judged. */
export interface Assertion extends AuthenticatorData {
  /** `clientDataJSON`, as the browser wrote it. */
  readonly clientData: Buffer;
  /** 32 bytes each. */
  readonly r: Buffer;
  readonly s: Buffer;
}

/** What the page must have asked, and where. */
export interface AssertionRules {
  readonly challenge: Uint8Array;
  readonly origins: readonly string[];
  readonly verification: Verification;
}

/** What a policy says of all that passkeys sign. */
export type PasskeyRules = Omit<AssertionRules, 'challenge'>;

/**
 * Judges an assertion (WebAuthn level 3, section 7.2, steps 10 to 21) by a key of kind `passkey`. ES256 alone.
 * @returns what is wrong with it, for people, or undefined
 * @throws Error where the client data cannot be read
 */
export function assertionProblem(
  assertion: Assertion,
  key: TrustKey,
  rules: AssertionRules,
): string | undefined {
  if (key.kind !== 'passkey' || key.algorithm !== 'ecdsa-p256' || key.application === undefined)
    return 'the key is no passkey';
  const client = readClientData(assertion.clientData);
  const problem =
    clientDataProblem(client, { ...rules, type: 'webauthn.get' }) ??
    flagsProblem(assertion.flags, rules.verification);
  if (problem !== undefined) return problem;
  if (!assertion.rpIdHash.equals(sha256(key.application))) return 'it is for another RP id than the key';
  const counted = Buffer.alloc(5);
  counted.writeUInt8(assertion.flags);
  counted.writeUInt32BE(assertion.counter, 1);
  const signed = Buffer.concat([assertion.rpIdHash, counted, sha256(assertion.clientData)]);
  const numbers = Buffer.concat([assertion.r, assertion.s]);
  return verify('sha256', signed, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, numbers)
    ? undefined
    : 'its signature is not that of the key';
}

function sha256(data: Uint8Array | string): Buffer {
  return createHash('sha256').update(data).digest();
}
