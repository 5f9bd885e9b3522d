/**
 * The enrolment token: all that a new device must know, and a one-time key that signs its statement. Whoever has
 * it can enrol in the device's place, so it is shown once, never logged, and dies with its acceptance.
 */

import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { agent as isAgentFile } from '../../schemas/validate.generated.js';
import { TowlineError } from '../errors.ts';
import type { GatewayAddress } from '../fleet/gateway-address.ts';
import { type Fields, readFields } from '../json.ts';
import { formatTrustedState, parseTrustedState, type TrustedState } from '../trust/line/trusted-state.ts';
import { sshEd25519Line } from './ssh-key-line.ts';

export interface EnrolmentToken {
  readonly fleet: string;
  readonly device: string;
  readonly gateways: readonly GatewayAddress[];
  /** Full id of the commit that is trusted first. */
  readonly anchor: string;
  /**
   * What the walk of whoever made the token knew there, and where that began: their gateway may have shown them a twin,
   * and the device then finds its way to main all the same. Without it the walk begins at the anchor.
   */
  readonly trusted?: TrustedState;
  /** One-time Ed25519 key, PKCS #8 in DER. */
  readonly oneTimeKey: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly expiresMs: number;
}

const prefix = 'towline1_';
/** Longest token that is read, characters. */
const maxLength = 16 * 1024;
const checksumBytes = 6;

const checksum = (body: Buffer) => createHash('sha256').update(body).digest().subarray(0, checksumBytes);

/** One line of URL-safe text, with a checksum against lost characters. */
export function formatToken(token: EnrolmentToken): string {
  const { oneTimeKey, trusted, ...rest } = token;
  const known = trusted === undefined ? {} : { trusted: formatTrustedState(trusted) };
  const body = Buffer.from(
    JSON.stringify({ ...rest, ...known, oneTimeKey: Buffer.from(oneTimeKey).toString('base64') }),
  );
  return prefix + Buffer.concat([checksum(body), body]).toString('base64url');
}

/** White space, such as the line breaks of a mail, is passed over. @throws ENROLMENT_TOKEN_MALFORMED */
export function parseToken(text: string): EnrolmentToken {
  const compact = text.slice(0, maxLength + 1).replace(/\s/g, '');
  if (!compact.startsWith(prefix) || compact.length > maxLength) {
    throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', `a token begins with ${prefix}`);
  }
  const bytes = Buffer.from(compact.slice(prefix.length), 'base64url');
  const body = bytes.subarray(checksumBytes);
  if (!checksum(body).equals(bytes.subarray(0, checksumBytes))) {
    throw new TowlineError(
      'ENROLMENT_TOKEN_MALFORMED',
      'the checksum does not match: a part of the token is missing',
    );
  }
  try {
    return toToken(readFields(body.toString('utf8')));
  } catch (error) {
    if (error instanceof TowlineError) throw error;
    throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'the token is no JSON', { cause: error });
  }
}

function toToken(value: Fields): EnrolmentToken {
  const { fleet, device, gateways, anchor, oneTimeKey, expiresMs } = value;
  const trusted = value.trusted === undefined ? undefined : parseTrustedState(value.trusted);
  const isAnchors = trusted?.commit === anchor && trusted?.fleet === fleet;
  // The same rules as for the configuration that comes of it.
  const file: unknown = { apiVersion: 'towline/v1', fleet, device, gateways, anchor };
  const isKnown = value.trusted === undefined || isAnchors;
  if (!isAgentFile(file) || !isKnown || typeof oneTimeKey !== 'string' || typeof expiresMs !== 'number') {
    throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'the token lacks a part, or has one of a wrong form');
  }
  const token = {
    fleet: file.fleet,
    device: file.device,
    gateways: file.gateways.map(gateway => ({ ...gateway, sshHostKeys: gateway.sshHostKeys ?? [] })),
    anchor: file.anchor,
    ...(trusted === undefined ? {} : { trusted }),
    oneTimeKey: Buffer.from(oneTimeKey, 'base64'),
    expiresMs,
  };
  tokenKey(token);
  return token;
}

/** The one-time key, ready to sign. @throws ENROLMENT_TOKEN_MALFORMED */
export function tokenKey(token: EnrolmentToken): KeyObject {
  try {
    const key = createPrivateKey({ key: Buffer.from(token.oneTimeKey), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'the one-time key cannot be read', { cause: error });
  }
  throw new TowlineError('ENROLMENT_TOKEN_MALFORMED', 'the one-time key is no Ed25519 key');
}

/** Its public half, as it stands in the device's file under `enrolment.key`. */
export function tokenPublicKey(token: EnrolmentToken): string {
  return sshEd25519Line(createPublicKey(tokenKey(token)));
}
