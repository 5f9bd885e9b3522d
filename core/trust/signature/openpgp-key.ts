import { createPublicKey } from 'node:crypto';
import type { Config, PublicKey, Subkey } from 'openpgp';
import { messageOf } from '../../errors/cause.ts';
import { fieldsOf } from '../../json.ts';
import { doubtsOf } from './openpgp-doubt.ts';
import type { KeyAlgorithm, KeyDoubt, TrustKey } from './trust-key.ts';

type Openpgp = typeof import('openpgp');
type KeyPacket = PublicKey['keyPacket'] | Subkey['keyPacket'];

export const minRsaBits = 2048;
/** In openpgp.js a date of null means that no time is judged; its types do not say so. */
const noClock = null as unknown as undefined;
const maxKeyFileBytes = 256 * 1024;

/** Curves by name in openpgp.js. */
const curves: Readonly<Record<string, { algorithm: KeyAlgorithm; jwk: string; bytes: number }>> = {
  nistP256: { algorithm: 'ecdsa-p256', jwk: 'P-256', bytes: 32 },
  nistP384: { algorithm: 'ecdsa-p384', jwk: 'P-384', bytes: 48 },
  nistP521: { algorithm: 'ecdsa-p521', jwk: 'P-521', bytes: 66 },
};

/**
 * The signing keys of an armored OpenPGP public key: the primary key and subkeys whose bindings, flags and
 * cross-certifications are sound. No clock is asked: expiry and revocation come back as facts.
 * openpgp is loaded here, on first use: it costs 50 ms and 13 MB.
 * @throws Error when the text is no public key, or nothing of it can sign.
 */
export async function readOpenpgpKey(armored: string): Promise<readonly TrustKey[]> {
  if (armored.length > maxKeyFileBytes) throw new Error(`key file longer than ${maxKeyFileBytes} bytes`);
  const openpgp = await import('openpgp');
  const config = strictConfig(openpgp);
  const keys = await openpgp.readKeys({ armoredKeys: armored, config });
  const found: TrustKey[] = [];
  const reasons: string[] = [];
  for (const key of keys) {
    if (key.isPrivate()) throw new Error('a private key');
    for (const part of [key, ...key.subkeys]) {
      try {
        found.push(await signingKey(key, part, config));
      } catch (error) {
        reasons.push(messageOf(error));
      }
    }
  }
  if (found.length === 0) throw new Error(`no key that can sign: ${reasons[0] ?? 'the file has no keys'}`);
  const doubts = readDoubts(armored, keys);
  return found.map(key => {
    const doubt = doubts.get(key.id) ?? { revoked: 'its certificate cannot be read packet by packet' };
    return doubt.revoked === undefined && doubt.expiresSec === undefined ? key : { ...key, doubt };
  });
}

/** None for any key where the text is in a form that the library takes and we do not. */
function readDoubts(armored: string, keys: readonly PublicKey[]): ReadonlyMap<string, KeyDoubt> {
  try {
    return doubtsOf(armored, fingerprint => primaryKey(keys, fingerprint));
  } catch {
    return new Map();
  }
}

/** What verifies the certificate's own signatures; undefined where it is of a kind that is not accepted. */
function primaryKey(
  keys: readonly PublicKey[],
  fingerprint: string,
): Pick<TrustKey, 'publicKey' | 'algorithm'> | undefined {
  const key = keys.find(candidate => candidate.getFingerprint().toUpperCase() === fingerprint);
  try {
    return key === undefined ? undefined : publicKey(key.keyPacket);
  } catch {
    return undefined;
  }
}

function strictConfig({ config, enums }: Openpgp): Config {
  return {
    ...config,
    minRSABits: minRsaBits,
    rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1]),
  };
}

async function signingKey(key: PublicKey, part: PublicKey | Subkey, config: Config): Promise<TrustKey> {
  if (part.keyPacket.version !== 4) throw new Error(`a key of version ${part.keyPacket.version}`);
  // First: of a curve that it does not have the library says something else.
  const material = publicKey(part.keyPacket);
  const revoked = await isRevoked(key, part, config);
  if (!revoked) await key.getSigningKey(part.getKeyID(), noClock, undefined, config);
  const expiresSec = revoked ? undefined : await expirySec(key, part, config);
  const id = part.getFingerprint().toUpperCase();
  return {
    kind: 'openpgp',
    id,
    lookup: id,
    ...material,
    createdSec: Math.floor(part.getCreationTime().getTime() / 1000),
    ...(expiresSec === undefined ? {} : { expiresSec }),
    revoked,
  };
}

/** Any sound revocation counts, whatever its reason and date: line time cannot tell when a key was lost. */
async function isRevoked(key: PublicKey, part: PublicKey | Subkey, config: Config): Promise<boolean> {
  if (await key.isRevoked(noClock, noClock, noClock, config)) return true;
  if (!('bindingSignatures' in part)) return false;
  const [binding] = part.bindingSignatures;
  if (binding === undefined) return false;
  // The types of openpgp.js leave out that it takes a date of null, and the other arguments.
  const subkey = part as Subkey & { isRevoked(...args: unknown[]): Promise<boolean> };
  return subkey.isRevoked(binding, null, null, config);
}

async function expirySec(
  key: PublicKey,
  part: PublicKey | Subkey,
  config: Config,
): Promise<number | undefined> {
  const times = [await key.getExpirationTime(undefined, config)];
  if ('bindingSignatures' in part) times.push(await part.getExpirationTime(noClock, config));
  const finite = times.filter(time => time instanceof Date).map(time => Math.floor(time.getTime() / 1000));
  if (times.includes(null)) throw new Error('a key without sound self-signature');
  return finite.length === 0 ? undefined : Math.min(...finite);
}

function publicKey(packet: KeyPacket): Pick<TrustKey, 'publicKey' | 'algorithm'> {
  const params = 'publicParams' in packet ? fieldsOf(packet.publicParams) : {};
  const { n, e } = params;
  if (n instanceof Uint8Array && e instanceof Uint8Array) return rsaKey(n, e);
  const point = params.Q ?? params.A;
  const { getName } = fieldsOf(params.oid);
  if (!(point instanceof Uint8Array)) throw new Error('a key of a kind that is not accepted');
  const name = typeof getName === 'function' ? String(getName.call(params.oid) ?? 'ed25519') : 'ed25519';
  if (name === 'ed25519' || name === 'ed25519Legacy') return ed25519Key(point);
  const curve = curves[name];
  if (curve === undefined || point[0] !== 0x04) throw new Error(`a key on the curve ${name}`);
  const x = base64url(point.subarray(1, 1 + curve.bytes));
  const y = base64url(point.subarray(1 + curve.bytes));
  const jwk = { kty: 'EC', crv: curve.jwk, x, y };
  return { algorithm: curve.algorithm, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function rsaKey(n: Uint8Array, e: Uint8Array): Pick<TrustKey, 'publicKey' | 'algorithm'> {
  const key = createPublicKey({ key: { kty: 'RSA', n: base64url(n), e: base64url(e) }, format: 'jwk' });
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < minRsaBits)
    throw new Error('an RSA key that is too short');
  return { algorithm: 'rsa', publicKey: key };
}

/** Older keys put 0x40 before the 32 octets of the point. */
function ed25519Key(point: Uint8Array): Pick<TrustKey, 'publicKey' | 'algorithm'> {
  const x = base64url(point.length === 33 && point[0] === 0x40 ? point.subarray(1) : point);
  return {
    algorithm: 'ed25519',
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
