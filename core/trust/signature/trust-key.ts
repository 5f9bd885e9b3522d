import type { KeyObject } from 'node:crypto';
import { materialName, numbersOf } from './key-material.ts';

/** What stands against one key of a certificate. */
export interface KeyDoubt {
  /** Why it counts as revoked. */
  readonly revoked?: string;
  /** The earliest time at which a doubtful self-signature lets the key expire, seconds since the epoch. */
  readonly expiresSec?: number;
}

/** A public key that may sign, as the policy names it. */
export interface TrustKey {
  readonly kind: 'openpgp' | 'ssh' | 'passkey';
  /** OpenPGP: fingerprint of the (sub)key, 40 hexadecimal digits in capitals. SSH: `SHA256:…`. */
  readonly id: string;
  /** SSH, passkeys: the key as it stands on the wire, base64. OpenPGP: the id. What signatures refer to. */
  readonly lookup: string;
  readonly publicKey: KeyObject;
  readonly algorithm: KeyAlgorithm;
  /** OpenPGP only: when the key was made, seconds since the epoch. */
  readonly createdSec?: number;
  /** OpenPGP only: when the key, or its primary key, expires, seconds since the epoch. */
  readonly expiresSec?: number;
  readonly revoked: boolean;
  /** OpenPGP only: what weak or unknown signatures in its certificate say against it; counts from walk 2 on. */
  readonly doubt?: KeyDoubt;
  /** Security keys: the application that the authenticator signs for, mostly `ssh:`. Passkeys: the RP id. */
  readonly application?: string;
}

/** The key as a walk takes it: from the second on, doubts about it count. */
export function keyUnderWalk(key: TrustKey, walk: number): TrustKey {
  const { doubt } = key;
  if (doubt === undefined || walk < 2) return key;
  const times = [key.expiresSec, doubt.expiresSec].filter(time => time !== undefined);
  return {
    ...key,
    revoked: key.revoked || doubt.revoked !== undefined,
    ...(times.length === 0 ? {} : { expiresSec: Math.min(...times) }),
  };
}

/**
 * The keys of one principal, from walk 2 on: what is revoked in one copy of a certificate, or in one form of a key, is in all
 * of them, and of several copies the earliest expiry counts. gpg would bring the copies together.
 */
export function keysOfOne(keys: readonly TrustKey[]): readonly TrustKey[] {
  if (keys.length < 2) return keys;
  const material = (key: TrustKey): string => materialName(numbersOf(key.publicKey));
  const revoked = new Set(keys.filter(key => key.revoked).map(material));
  return keys.map(key => {
    const copies = keys.filter(({ kind, lookup }) => kind === key.kind && lookup === key.lookup);
    const times = copies.flatMap(({ expiresSec }) => (expiresSec === undefined ? [] : [expiresSec]));
    const expires = times.length === 0 ? {} : { expiresSec: Math.min(...times) };
    return { ...key, ...expires, revoked: revoked.has(material(key)) };
  });
}

export type KeyAlgorithm = 'rsa' | 'ed25519' | 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521';

/** A key and the principal it stands under. */
export interface OwnedKey {
  readonly principal: string;
  readonly key: TrustKey;
}

/** What a key or subkey of a principal is, whether it may sign or not. */
export interface OwnedMaterial {
  readonly principal: string;
  /** `materialName` of it. */
  readonly material: string;
}

/** The keys of one policy, by what signatures name them by. */
export class KeyRing {
  readonly owned: readonly OwnedKey[];
  /** From walk 2 on. */
  readonly materials: readonly OwnedMaterial[];
  readonly #byLookup = new Map<string, OwnedKey>();

  /** Of a key that stands under two principals the first counts; such a policy is refused elsewhere. */
  constructor(owned: readonly OwnedKey[], materials: readonly OwnedMaterial[] = []) {
    this.owned = owned;
    this.materials = materials;
    for (const entry of owned) {
      const lookup = `${entry.key.kind} ${entry.key.lookup}`;
      if (!this.#byLookup.has(lookup)) this.#byLookup.set(lookup, entry);
    }
  }

  /** @param fingerprint 40 hexadecimal digits in capitals. */
  byFingerprint(fingerprint: string): OwnedKey | undefined {
    return this.#byLookup.get(`openpgp ${fingerprint}`);
  }

  /** @param keyId The last 16 digits of a fingerprint. */
  byKeyId(keyId: string): OwnedKey | undefined {
    return this.owned.find(({ key }) => key.kind === 'openpgp' && key.id.endsWith(keyId));
  }

  /** @param wire The SSH public key on the wire, base64. */
  bySshKey(wire: string): OwnedKey | undefined {
    return this.#byLookup.get(`ssh ${wire}`);
  }

  /** The same of a passkey. Who does not ask for them never takes one for another key. */
  byPasskey(wire: string): OwnedKey | undefined {
    return this.#byLookup.get(`passkey ${wire}`);
  }
}
