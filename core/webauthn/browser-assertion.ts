import { fieldsOf } from '../json.ts';
import type { Assertion } from './assertion.ts';
import { readAuthenticatorData } from './authenticator-data.ts';
import { maxClientDataBytes } from './client-data.ts';
import { readDerSignature } from './der-signature.ts';

/** What a page sends of `navigator.credentials.get()`: each base64url, no padding. */
export interface BrowserAssertion {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  /** ECDSA in DER. */
  readonly signature: string;
}

/** Longest fields, bytes. */
const maxBytes: Readonly<Record<keyof BrowserAssertion, number>> = {
  credentialId: 1023,
  authenticatorData: 37,
  clientDataJSON: maxClientDataBytes,
  signature: 72,
};

/**
 * Takes apart what a page sent; nothing is judged.
 * @param value JSON as it came, such as a `BrowserAssertion`
 * @throws Error that says what is there.
 */
export function readBrowserAssertion(value: unknown): {
  readonly credentialId: string;
  readonly assertion: Assertion;
} {
  const credentialId = bytesOf(value, 'credentialId').toString('base64url');
  const told = readAuthenticatorData(bytesOf(value, 'authenticatorData'));
  const numbers = readDerSignature(bytesOf(value, 'signature'));
  return { credentialId, assertion: { ...told, ...numbers, clientData: bytesOf(value, 'clientDataJSON') } };
}

function bytesOf(value: unknown, name: keyof BrowserAssertion): Buffer {
  const text = fieldsOf(value)[name];
  if (typeof text !== 'string' || text.length > Math.ceil((maxBytes[name] * 4) / 3))
    throw new Error(`${name} that is no text, or too long`);
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error(`${name} that is no base64url`);
  return bytes;
}
