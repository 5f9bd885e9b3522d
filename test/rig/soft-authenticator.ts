/** A passkey in software, and the browser around it: honest, or with one thing twisted. Its arithmetic is the real one. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { BrowserAssertion } from '../../core/webauthn/browser-assertion.ts';

/** What is other than it should be. */
export interface Twist {
  readonly type?: string;
  readonly challenge?: Uint8Array;
  readonly origin?: string;
  /** Beside the client data in an SSH signature. */
  readonly outerOrigin?: string;
  readonly rpId?: string;
  /** Default: UP and UV. */
  readonly flags?: number;
  readonly crossOrigin?: boolean;
  /** Members after the usual ones, as they stand: `"topOrigin":"https://evil.example"`. */
  readonly more?: string;
  /** All of the client data, made of what it would be. */
  readonly clientData?: (honest: string) => string;
  readonly extensions?: string;
  /** Behind the signature. */
  readonly trailing?: Uint8Array;
  /** Zeros before each number. */
  readonly padded?: boolean;
  /** As another kind of SSH signature: a security key's own (`sk-…`), or any name. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly hash?: 'sha256' | 'sha512';
}

const webauthn = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com';
const securityKey = 'sk-ecdsa-sha2-nistp256@openssh.com';

const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const field = (data: Uint8Array | string): Buffer =>
  Buffer.concat([uint32(Buffer.byteLength(data)), Buffer.from(data)]);

export class SoftPasskey {
  readonly rpId: string;
  readonly origin: string;
  readonly credentialId = randomBytes(32);
  /** As a browser's `getPublicKey()` gives it. */
  readonly spki: Buffer;
  readonly wire: Buffer;
  readonly #privateKey: KeyObject;
  #counter = 0;

  constructor(origin = 'https://portal.acme.example', rpId = new URL(origin).hostname) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.origin = origin;
    this.rpId = rpId;
    this.#privateKey = privateKey;
    this.spki = publicKey.export({ type: 'spki', format: 'der' });
    const point = this.spki.subarray(-65);
    this.wire = Buffer.concat([securityKey, 'nistp256', point, rpId].map(field));
  }

  /** `sk-ecdsa-sha2-nistp256@openssh.com <key>`, as allowed_signers take it. */
  get keyLine(): string {
    return `${securityKey} ${this.wire.toString('base64')}`;
  }

  /** The line of the repository. */
  get line(): string {
    return `${this.keyLine} ${this.credentialId.toString('base64url')}`;
  }

  /** What a page sends after `navigator.credentials.get()`. */
  assert(challenge: Uint8Array, twist: Twist = {}): BrowserAssertion {
    const { clientData, told, numbers } = this.#sign(challenge, twist);
    return {
      credentialId: this.credentialId.toString('base64url'),
      authenticatorData: told.toString('base64url'),
      clientDataJSON: clientData.toString('base64url'),
      signature: numbers.toString('base64url'),
    };
  }

  /** An armored SSH signature: what a rig puts into a commit. */
  sign(payload: Uint8Array, namespace: string, twist: Twist = {}): string {
    const hash = twist.hash ?? 'sha512';
    const about = [twist.namespace ?? namespace, '', hash].map(field);
    const digest = createHash(hash).update(payload).digest();
    const message = Buffer.concat([Buffer.from('SSHSIG'), ...about, field(digest)]);
    const signature =
      twist.kind === securityKey ? this.#asSecurityKey(message, twist) : this.#asWebauthn(message, twist);
    const blob = Buffer.concat([
      Buffer.from('SSHSIG\0\0\0\x01', 'latin1'),
      field(this.wire),
      ...about,
      field(Buffer.concat([signature, twist.trailing ?? Buffer.alloc(0)])),
    ]);
    const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
    return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
  }

  /** What signs with this twist. */
  twisted(twist: Twist): { sign(payload: Uint8Array, namespace: string): string } {
    return { sign: (payload, namespace) => this.sign(payload, namespace, twist) };
  }

  #asWebauthn(message: Buffer, twist: Twist): Buffer {
    const { clientData, told, numbers } = this.#sign(message, twist);
    return Buffer.concat([
      field(twist.kind ?? webauthn),
      field(sshNumbers(numbers, twist.padded)),
      told.subarray(32),
      field(twist.outerOrigin ?? twist.origin ?? this.origin),
      field(clientData),
      field(twist.extensions ?? ''),
    ]);
  }

  #asSecurityKey(message: Buffer, twist: Twist): Buffer {
    const told = this.#told(twist);
    const numbers = sign('sha256', Buffer.concat([told, sha256(message)]), this.#privateKey);
    return Buffer.concat([field(securityKey), field(sshNumbers(numbers, twist.padded)), told.subarray(32)]);
  }

  #sign(challenge: Uint8Array, twist: Twist): { clientData: Buffer; told: Buffer; numbers: Buffer } {
    const { type = 'webauthn.get', origin = this.origin, crossOrigin = false, more } = twist;
    const asked = Buffer.from(twist.challenge ?? challenge).toString('base64url');
    const tail = more === undefined ? '' : `,${more}`;
    const honest = `{"type":"${type}","challenge":"${asked}","origin":"${origin}","crossOrigin":${crossOrigin}${tail}}`;
    const clientData = Buffer.from(twist.clientData?.(honest) ?? honest);
    const told = this.#told(twist);
    const numbers = sign('sha256', Buffer.concat([told, sha256(clientData)]), this.#privateKey);
    return { clientData, told, numbers };
  }

  #told({ rpId = this.rpId, flags = 0x05 }: Twist): Buffer {
    this.#counter += 1;
    return Buffer.concat([sha256(rpId), Buffer.of(flags), uint32(this.#counter)]);
  }
}

/** The two numbers of a DER signature as SSH has them: both spell them alike. */
function sshNumbers(der: Buffer, padded = false): Buffer {
  const first = 4 + der.readUInt8(3);
  const numbers = [der.subarray(4, first), der.subarray(first + 2)];
  const pad = padded ? Buffer.of(0) : Buffer.alloc(0);
  return Buffer.concat(numbers.map(number => field(Buffer.concat([pad, number]))));
}
