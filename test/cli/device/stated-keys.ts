/** A device that states new keys under a token, into a telemetry repository: what its agent and a gateway do. */
import path from 'node:path';
import {
  formatSignedStatement,
  signStatement,
  statementFingerprint,
} from '../../../core/enrolment/statement.ts';
import { parseToken, tokenKey, tokenPublicKey } from '../../../core/enrolment/token.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import type { makeRepository } from '../../../lab/rig/fleet-repository.ts';

export interface StatedKeys {
  readonly fingerprint: string;
  readonly keys: { readonly tls: string; readonly ssh: string; readonly openpgp: string };
  /** The folder that has their private halves. */
  readonly folder: string;
}

/** @param below a folder for the keys */
export async function statedKeys(
  text: string,
  telemetry: Awaited<ReturnType<typeof makeRepository>>,
  below: string,
): Promise<StatedKeys> {
  const token = parseToken(text);
  const { fleet, device } = token;
  const folder = path.join(below, `keys-${process.hrtime.bigint()}`);
  const made = makeDeviceKeys(device);
  const openpgp = await ensureOpenpgpKey(folder, device);
  const keys = { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp };
  const statement = { fleet, device, oneTimeKey: tokenPublicKey(token), keys };
  await telemetry.commit({
    parents: [],
    branch: `enrolment/${device}`,
    message: 'statement',
    trailer: false,
    files: { statement: formatSignedStatement(signStatement(statement, tokenKey(token))) },
  });
  return { fingerprint: statementFingerprint(statement), keys, folder };
}
