/**
 * What a certificate says against its own keys under a hash that is too weak to say anything in their favour, or in a way
 * that cannot be checked. A library that wants sound signatures passes over all of it in silence, and with it over a
 * revocation: here each such doubt counts against the key.
 */
import {
  type Certificate,
  type CertificatePart,
  fingerprintOf,
  readCertificates,
  signedOver,
} from './openpgp-certificate.ts';
import { readSignatureBody, type SignaturePacket } from './openpgp-packet.ts';
import { isStrongHash, verifyOver } from './openpgp-signature.ts';
import type { KeyDoubt, TrustKey } from './trust-key.ts';

type Verdict = 'valid' | 'false' | 'undecided';
type VerifyingKey = Pick<TrustKey, 'algorithm' | 'publicKey'>;

const types = {
  direct: 0x1f,
  binding: 0x18,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  userRevocation: 0x30,
};
const certifications: ReadonlySet<number> = new Set([0x10, 0x11, 0x12, 0x13]);

/** One certificate, and what verifies its own signatures. */
interface Judged {
  readonly certificate: Certificate;
  readonly fingerprint: string;
  readonly key: VerifyingKey | undefined;
}

/**
 * Doubts by the fingerprint of the key (primary or subkey) that they are about.
 * @param keyOf The primary key of this fingerprint, where it is of a kind that can verify.
 * @throws Error when the text is no armored certificate.
 */
export function doubtsOf(
  armored: string,
  keyOf: (fingerprint: string) => VerifyingKey | undefined,
): Map<string, KeyDoubt> {
  const doubts = new Map<string, KeyDoubt>();
  for (const certificate of readCertificates(armored)) {
    const fingerprint = fingerprintOf(certificate.primary);
    const judged = { certificate, fingerprint, key: keyOf(fingerprint) };
    const whole = primaryDoubt(judged);
    // One certificate may stand there twice, an older copy beside a newer one.
    const add = (of: string, doubt: KeyDoubt) => doubts.set(of, bothDoubts(doubts.get(of) ?? {}, doubt));
    add(fingerprint, whole);
    for (const part of certificate.others.filter(({ kind }) => kind === 'subkey')) {
      add(fingerprintOf(part), { ...whole, ...subkeyDoubt(judged, part) });
    }
  }
  return doubts;
}

function bothDoubts(one: KeyDoubt, other: KeyDoubt): KeyDoubt {
  const revoked = one.revoked ?? other.revoked;
  const times = [one.expiresSec, other.expiresSec].filter(time => time !== undefined);
  return {
    ...(revoked === undefined ? {} : { revoked }),
    ...(times.length === 0 ? {} : { expiresSec: Math.min(...times) }),
  };
}

/** What is said of the primary key is said of its subkeys, too. */
function primaryDoubt(judged: Judged): KeyDoubt {
  const { primary, others } = judged.certificate;
  // Wherever it lies: only the primary key can be meant.
  for (const part of [primary, ...others]) {
    const revoked = revocation(judged, part, types.keyRevocation);
    if (revoked !== undefined) return { revoked };
  }
  const users = others.filter(({ kind }) => kind === 'user');
  const lost = users.map(
    user =>
      revocation(judged, user, types.userRevocation) ??
      revocationElsewhere(judged, user, types.userRevocation),
  );
  if (users.length > 0 && lost.every(why => why !== undefined))
    return { revoked: `every user ID: ${lost[0]}` };
  const kept = users.filter((_, index) => lost[index] === undefined);
  const selfSignatures = [primary, ...kept].map(part =>
    newestDoubtful(judged, part, type => type === types.direct || certifications.has(type)),
  );
  const refused = selfSignatures.find(found => found?.why !== undefined)?.why;
  if (refused !== undefined) return { revoked: refused };
  const times = selfSignatures.flatMap(found => (found?.expiresSec === undefined ? [] : [found.expiresSec]));
  return times.length === 0 ? {} : { expiresSec: Math.min(...times) };
}

function subkeyDoubt(judged: Judged, part: CertificatePart): KeyDoubt {
  const revoked =
    revocation(judged, part, types.subkeyRevocation) ??
    revocationElsewhere(judged, part, types.subkeyRevocation) ??
    newestDoubtful(judged, part, type => type === types.binding)?.why;
  return revoked === undefined ? {} : { revoked };
}

/** Why a part counts as revoked by a signature of this type, or undefined. */
function revocation(judged: Judged, part: CertificatePart, type: number): string | undefined {
  for (const body of part.signatures.filter(one => typeOf(one) === type)) {
    const packet = readPacket(body);
    const isOwn = packet === undefined || isIssuer(packet, judged.fingerprint);
    // Somebody else's word about a user ID takes back what they certified, no more.
    if (!isOwn && type === types.userRevocation) continue;
    const verdict = isOwn ? verify(judged, part, packet) : 'undecided';
    if (verdict === 'valid') return 'it is revoked';
    if (verdict === 'undecided') return 'it has a revocation that cannot be checked here';
  }
  return undefined;
}

/**
 * One that lies at another part: gpg puts it back where it belongs, and so it counts. One of a subkey that cannot be checked
 * and lies at no subkey may be any subkey's.
 */
function revocationElsewhere(judged: Judged, part: CertificatePart, type: number): string | undefined {
  const { primary, others } = judged.certificate;
  for (const other of [primary, ...others].filter(candidate => candidate !== part)) {
    const isAnybodys = part.kind === 'subkey' && other.kind !== 'subkey';
    for (const body of other.signatures.filter(one => typeOf(one) === type)) {
      const packet = readPacket(body);
      const isOwn = packet === undefined || isIssuer(packet, judged.fingerprint);
      const verdict = isOwn ? verify(judged, part, packet) : 'undecided';
      if (verdict === 'valid') return 'it is revoked';
      if (verdict === 'undecided' && isAnybodys) return 'there is a revocation that cannot be checked here';
    }
  }
  return undefined;
}

/** Self-signatures of a part that would not count in its favour, where none that would is newer. */
function newestDoubtful(
  judged: Judged,
  part: CertificatePart,
  isSelf: (type: number) => boolean,
): { why?: string; expiresSec?: number } | undefined {
  const own = part.signatures
    .filter(body => isSelf(typeOf(body)) && body[0] === 4)
    .map(body => readPacket(body))
    .filter(packet => packet === undefined || isIssuer(packet, judged.fingerprint));
  if (own.includes(undefined)) return { why: 'it has a self-signature that cannot be read here' };
  const packets = own.filter(packet => packet !== undefined);
  const isStrong = (packet: SignaturePacket): boolean => isStrongHash(packet.hashAlgorithm);
  const strongSec = Math.max(...packets.filter(isStrong).map(({ madeSec }) => madeSec));
  const doubtful = packets.filter(
    packet => !isStrong(packet) && packet.madeSec >= strongSec && verify(judged, part, packet) !== 'false',
  );
  if (doubtful.length > 0 && strongSec > Number.NEGATIVE_INFINITY)
    return { why: 'its newest self-signature is of a hash that is not accepted' };
  // Directly on the key: gpg lets this expiry go before that of a user ID, others never look at it.
  const direct = packets.filter(packet => packet.type === types.direct && packet.madeSec >= strongSec);
  const made = createdSec(judged.certificate.primary);
  const times = [...doubtful, ...direct].flatMap(({ keyLifetimeSec }) =>
    keyLifetimeSec === undefined ? [] : [made + keyLifetimeSec],
  );
  return times.length === 0 ? undefined : { expiresSec: Math.min(...times) };
}

/** @returns 'undecided' when hash, algorithm or form are not known here */
function verify(
  { certificate, key }: Judged,
  part: CertificatePart,
  packet: SignaturePacket | undefined,
): Verdict {
  if (packet === undefined || key === undefined) return 'undecided';
  // A key revocation covers the primary key wherever it lies.
  const over = packet.type === types.keyRevocation ? certificate.primary : part;
  const good = verifyOver(packet, signedOver(certificate.primary, over), key);
  return good === undefined ? 'undecided' : good ? 'valid' : 'false';
}

/** Versions 4 to 6 begin with version and type; 3 has a length between them. */
function typeOf(body: Buffer): number {
  return body[(body[0] ?? 0) >= 4 ? 1 : 2] ?? -1;
}

function readPacket(body: Buffer): SignaturePacket | undefined {
  try {
    return readSignatureBody(body, 'certificate');
  } catch {
    return undefined;
  }
}

/** One that names nobody may be anybody's: its own, too. */
function isIssuer({ issuerFingerprint, issuerKeyId }: SignaturePacket, fingerprint: string): boolean {
  if (issuerFingerprint !== undefined) return issuerFingerprint === fingerprint;
  return issuerKeyId === undefined || fingerprint.endsWith(issuerKeyId);
}

function createdSec({ body }: CertificatePart): number {
  return body.length >= 5 ? body.readUInt32BE(1) : 0;
}
