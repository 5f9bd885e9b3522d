/** Passkeys: the browser's calls, and their bytes as base64url, in which the server speaks. */
import type { Assertion, PasskeyRegistration } from '../api/answers.ts';

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, letter => letter.charCodeAt(0));
}

export function toText(bytes: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(bytes), byte => String.fromCharCode(byte)).join('');
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** As the server sends it: `challenge`, `rpId`, `allowCredentials` with texts where the browser has bytes. */
export type AskedOptions = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function optionsOf(asked: AskedOptions): PublicKeyCredentialRequestOptions {
  const { challenge, rpId, allowCredentials, timeout, userVerification } = asked;
  const allowed: readonly unknown[] = Array.isArray(allowCredentials) ? allowCredentials : [];
  return {
    challenge: toBytes(textOf(challenge)),
    rpId: textOf(rpId),
    timeout: typeof timeout === 'number' ? timeout : 120_000,
    userVerification: userVerification === 'discouraged' ? 'discouraged' : 'required',
    allowCredentials: allowed.flatMap(one =>
      typeof one === 'object' && one !== null && 'id' in one
        ? [{ type: 'public-key' as const, id: toBytes(textOf(one.id)) }]
        : [],
    ),
  };
}

/** @throws DOMException where the person, or the browser, does not want to */
export async function signWithPasskey(asked: AskedOptions, signal: AbortSignal): Promise<Assertion> {
  const credential = await navigator.credentials.get({ publicKey: optionsOf(asked), signal });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('no passkey', 'NotAllowedError');
  const { response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse))
    throw new DOMException('no assertion', 'DataError');
  return {
    credentialId: toText(credential.rawId),
    authenticatorData: toText(response.authenticatorData),
    clientDataJson: toText(response.clientDataJSON),
    signature: toText(response.signature),
  };
}

export interface NewPasskey {
  readonly for: 'login' | 'signing';
  /** As whom the authenticator shows it: two passkeys of one person are told apart by it. */
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly fleet: string;
}

/** @throws DOMException as above */
export async function makePasskey(wish: NewPasskey, signal: AbortSignal): Promise<PasskeyRegistration> {
  const credential = await navigator.credentials.create({
    signal,
    publicKey: {
      rp: { name: `Towline ${wish.fleet}` },
      user: { ...wish.user, id: toBytes(wish.user.id) },
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      // ES256: what OpenSSH's kind of signature has.
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
    },
  });
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('no passkey', 'NotAllowedError');
  const { response } = credential;
  const key = response instanceof AuthenticatorAttestationResponse ? response.getPublicKey() : null;
  if (key === null) throw new DOMException('no key of a kind that is known', 'NotSupportedError');
  return { publicKey: toText(key), credentialId: toText(credential.rawId), for: wish.for };
}
