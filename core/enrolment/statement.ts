/**
 * What a new device says of itself: its three public keys under its one-time key's signature. A person compares
 * the fingerprint at the device with the one that they accept, so a gateway can neither invent a device nor swap
 * its keys (docs/trust.md, "Identity without a CA").
 */

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { TowlineError } from '../errors.ts';
import { fingerprintOf, isSameFingerprint } from '../fingerprint.ts';
import { type Fields, fieldsOf, readFields } from '../json.ts';
import { parseSshEd25519Line } from './ssh-key-line.ts';

export interface DevicePublicKeys {
  /** SubjectPublicKeyInfo of a P-256 key, base64 of the DER form. */
  readonly tls: string;
  /** One line, `ssh-ed25519 …`. */
  readonly ssh: string;
  /** Armored OpenPGP public key. */
  readonly openpgp: string;
}

export interface EnrolmentStatement {
  readonly fleet: string;
  readonly device: string;
  /** `ssh-ed25519 …`, the one-time key. */
  readonly oneTimeKey: string;
  readonly keys: DevicePublicKeys;
}

export interface SignedStatement {
  readonly statement: EnrolmentStatement;
  /** Ed25519 over `statementBytes`, base64. */
  readonly signature: string;
}

const header = 'towline-enrolment v1';
/** Longest statement that is read, characters. */
export const maxStatementLength = 32 * 1024;

/** The exact bytes that are signed and fingerprinted: one field a line, the OpenPGP key last. */
export function statementBytes(statement: EnrolmentStatement): Buffer {
  const { fleet, device, oneTimeKey, keys } = statement;
  const lines = [
    header,
    `fleet ${fleet}`,
    `device ${device}`,
    `one-time-key ${oneTimeKey}`,
    `tls ${keys.tls}`,
    `ssh ${keys.ssh}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${keys.openpgp}`);
}

export function signStatement(statement: EnrolmentStatement, oneTimeKey: KeyObject): SignedStatement {
  return { statement, signature: sign(null, statementBytes(statement), oneTimeKey).toString('base64') };
}

/** For people: `7KQ2-M0RD-…`, five groups of four letters, read aloud or typed. */
export function statementFingerprint(statement: EnrolmentStatement): string {
  return fingerprintOf(statementBytes(statement));
}

export function isFingerprint(statement: EnrolmentStatement, typed: string): boolean {
  return isSameFingerprint(statementFingerprint(statement), typed);
}

function assertKeys(keys: DevicePublicKeys): void {
  const refuse = (which: string, cause?: unknown) =>
    new TowlineError('ENROLMENT_STATEMENT_MALFORMED', `the ${which} key is of a wrong kind`, { cause });
  let tls: KeyObject;
  try {
    tls = createPublicKey({ key: Buffer.from(keys.tls, 'base64'), format: 'der', type: 'spki' });
  } catch (error) {
    throw refuse('TLS', error);
  }
  const canonical = tls.export({ format: 'der', type: 'spki' }).toString('base64');
  if (tls.asymmetricKeyDetails?.namedCurve !== 'prime256v1' || canonical !== keys.tls) throw refuse('TLS');
  if (parseSshEd25519Line(keys.ssh) === undefined || keys.ssh.includes('\n')) throw refuse('SSH');
  if (
    !/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[\x20-\x7e\n]+-----END PGP PUBLIC KEY BLOCK-----\n$/.test(
      keys.openpgp,
    )
  ) {
    throw refuse('OpenPGP');
  }
}

/**
 * Reads what a gateway stored or a device sent. Nothing is verified yet.
 * @throws ENROLMENT_STATEMENT_MALFORMED
 */
export function parseSignedStatement(text: string): SignedStatement {
  const refuse = (message: string, cause?: unknown) =>
    new TowlineError('ENROLMENT_STATEMENT_MALFORMED', message, { cause });
  if (text.length > maxStatementLength)
    throw refuse(`the statement is longer than ${maxStatementLength} characters`);
  let value: Fields;
  try {
    value = readFields(text);
  } catch (error) {
    throw refuse('the statement is no JSON', error);
  }
  const stated = fieldsOf(value.statement);
  const keys = fieldsOf(stated.keys);
  const lacks = () => refuse('the statement lacks a field, or one has a line break');
  const read = (field: unknown): string => {
    if (typeof field !== 'string') throw lacks();
    return field;
  };
  const line = (field: unknown): string => {
    if (/[\r\n]/.test(read(field))) throw lacks();
    return read(field);
  };
  const statement = {
    fleet: line(stated.fleet),
    device: line(stated.device),
    oneTimeKey: line(stated.oneTimeKey),
    keys: { tls: line(keys.tls), ssh: line(keys.ssh), openpgp: read(keys.openpgp) },
  };
  const signed = { statement, signature: read(value.signature) };
  assertKeys(statement.keys);
  return signed;
}

/** The one text form that devices send and gateways keep. */
export function formatSignedStatement(signed: SignedStatement): string {
  const { fleet, device, oneTimeKey, keys } = signed.statement;
  const { tls, ssh, openpgp } = keys;
  return JSON.stringify({
    statement: { fleet, device, oneTimeKey, keys: { tls, ssh, openpgp } },
    signature: signed.signature,
  });
}

export interface ExpectedEnrolment {
  readonly fleet: string;
  readonly device: string;
  /** `enrolment.key` of the device's file. */
  readonly key: string;
  /** `enrolment.expires`, milliseconds since the epoch. */
  readonly expiresMs: number;
}

/**
 * @param nowMs the verifier's time: a gateway's clock, or the accepting person's.
 * @throws ENROLMENT_NOT_EXPECTED, ENROLMENT_TOKEN_EXPIRED, ENROLMENT_SIGNATURE
 */
export function verifyStatement(signed: SignedStatement, expected: ExpectedEnrolment, nowMs: number): void {
  const { statement } = signed;
  if (statement.fleet !== expected.fleet || statement.device !== expected.device) {
    throw new TowlineError(
      'ENROLMENT_NOT_EXPECTED',
      `the statement is for ${statement.fleet}/${statement.device}`,
    );
  }
  if (nowMs >= expected.expiresMs) throw new TowlineError('ENROLMENT_TOKEN_EXPIRED', 'the token has expired');
  const key = parseSshEd25519Line(expected.key);
  const [kind, blob] = expected.key.split(/\s+/);
  const named = statement.oneTimeKey === `${kind} ${blob}`;
  const signature = Buffer.from(signed.signature, 'base64');
  if (key === undefined || !named || !verify(null, statementBytes(statement), key, signature)) {
    throw new TowlineError(
      'ENROLMENT_SIGNATURE',
      'the statement is not signed by the one-time key of the device’s file',
    );
  }
}
