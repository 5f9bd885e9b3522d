/** As whom an authenticator shows a passkey: one for login and one for signing must not be taken for each other. */
import { createHash } from 'node:crypto';

export type PasskeyPurpose = 'login' | 'signing';

/** `user` of `navigator.credentials.create()`. */
export interface PasskeyUser {
  /** 32 bytes, base64url. Another for each purpose: an authenticator keeps one passkey for each id. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

/** @param person of the operator's file, or the principal's name */
export function passkeyUser(purpose: PasskeyPurpose, fleet: string, person: string): PasskeyUser {
  const hash = createHash('sha256').update(`towline passkey\0${purpose}\0${fleet}\0${person}`);
  const id = hash.digest('base64url');
  return purpose === 'login'
    ? { id, name: `${person} @ ${fleet}: log in`, displayName: `${fleet}: log in as ${person}` }
    : { id, name: `${person} @ ${fleet}: SIGN CHANGES`, displayName: `${fleet}: SIGN CHANGES as ${person}` };
}
