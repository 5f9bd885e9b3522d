import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto';
import { ByteCursor } from '../git/byte-cursor.ts';
import { minRsaBits } from './openpgp-key.ts';
import type { KeyAlgorithm, TrustKey } from './trust-key.ts';

const curves: Readonly<Record<string, { algorithm: KeyAlgorithm; jwk: string; bytes: number }>> = {
  nistp256: { algorithm: 'ecdsa-p256', jwk: 'P-256', bytes: 32 },
  nistp384: { algorithm: 'ecdsa-p384', jwk: 'P-384', bytes: 48 },
  nistp521: { algorithm: 'ecdsa-p521', jwk: 'P-521', bytes: 66 },
};

/**
 * One line of a public key file. Two spellings of one key have one `lookup`.
 * @throws Error when it is no key that may sign.
 */
export function readSshPublicKey(line: string): TrustKey {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const wire = Buffer.from(base64, 'base64');
  const cursor = new ByteCursor(wire);
  const named = cursor.sshText();
  if (named !== type) throw new Error(`a key of type ${JSON.stringify(type)} that says it is another`);
  const key = readBody(type, cursor);
  cursor.end();
  return {
    kind: 'ssh',
    id: sshFingerprint(wire),
    lookup: wire.toString('base64'),
    algorithm: key.algorithm,
    publicKey: createPublicKey({ key: key.jwk, format: 'jwk' }),
    revoked: false,
    ...(key.application === undefined ? {} : { application: key.application }),
  };
}

/** `SHA256:…`, as `ssh-keygen -l` shows it. */
export function sshFingerprint(wire: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

interface KeyBody {
  readonly algorithm: KeyAlgorithm;
  readonly jwk: JsonWebKey;
  readonly application?: string;
}

/** RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, PROTOCOL.u2f of OpenSSH. */
function readBody(type: string, cursor: ByteCursor): KeyBody {
  switch (type) {
    case 'ssh-ed25519':
      return ed25519(cursor);
    case 'sk-ssh-ed25519@openssh.com':
      return { ...ed25519(cursor), application: cursor.sshText() };
    case 'ssh-rsa':
      return rsa(cursor);
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { ...ecdsa('nistp256', cursor), application: cursor.sshText() };
    default:
      if (!type.startsWith('ecdsa-sha2-')) throw new Error(`a key of type ${JSON.stringify(type)}`);
      return ecdsa(type.slice('ecdsa-sha2-'.length), cursor);
  }
}

function ed25519(cursor: ByteCursor): KeyBody {
  const point = cursor.sshString();
  if (point.length !== 32) throw new Error('an Ed25519 key of wrong length');
  return { algorithm: 'ed25519', jwk: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') } };
}

function rsa(cursor: ByteCursor): KeyBody {
  const e = cursor.sshString();
  const n = cursor.sshString();
  const modulus = n[0] === 0 ? n.subarray(1) : n;
  if (modulus.length * 8 < minRsaBits) throw new Error(`an RSA key below ${minRsaBits} bits`);
  return {
    algorithm: 'rsa',
    jwk: { kty: 'RSA', n: modulus.toString('base64url'), e: e.toString('base64url') },
  };
}

function ecdsa(name: string, cursor: ByteCursor): KeyBody {
  const curve = curves[name];
  if (curve === undefined || cursor.sshText() !== name)
    throw new Error(`a key on the curve ${JSON.stringify(name)}`);
  const point = cursor.sshString();
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new Error('an ECDSA key of wrong form');
  return {
    algorithm: curve.algorithm,
    jwk: {
      kty: 'EC',
      crv: curve.jwk,
      x: point.toString('base64url', 1, 1 + curve.bytes),
      y: point.toString('base64url', 1 + curve.bytes),
    },
  };
}
