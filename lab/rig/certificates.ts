/** Certificates for tests: by stock ssh-keygen, and by our signer's own function. */
import { execFile } from 'node:child_process';
import { randomBytes, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CertificateContent, makeCertificate } from '../../core/access/certificate/make-certificate.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from '../../core/io/openssh-key.ts';
import { sshString } from '../../core/trust/signature/ssh-wire.ts';

const execute = promisify(execFile);

export function newKey(): SshKey {
  return readSshPrivateKey(makeSshPrivateKey('test'));
}

export const identity = { iss: 'https://id.acme.example', sub: '248289761001' };
export const nowMs = Date.parse('2026-11-29T09:00:00Z');
export const hourMs = 3_600_000;

/** A certificate of our signer, for an hour. */
export function certificateFor(
  key: SshKey,
  signer: SshKey,
  change: Partial<CertificateContent> = {},
): Buffer {
  return makeCertificate(
    {
      key: key.publicBlob,
      serial: 7n,
      keyId: 'alice',
      principal: 'alice',
      fromMs: nowMs,
      untilMs: nowMs + hourMs,
      identity,
      nonce: randomBytes(32),
      ...change,
    },
    signer,
  );
}

/** What a signer that makes others than ours would sign: some bytes of ours are others. */
export function signedAnew(wire: Buffer, [from, to]: readonly [Buffer, Buffer], signer: SshKey): Buffer {
  const at = wire.indexOf(from);
  if (at === -1) throw new Error('these bytes are not in it');
  const signature = sshString(sshSignature(Buffer.alloc(64)));
  const end = wire.length - signature.length;
  const signed = Buffer.concat([wire.subarray(0, at), to, wire.subarray(at + from.length, end)]);
  return Buffer.concat([signed, sshString(sshSignature(sign(null, signed, signer.privateKey)))]);
}

const sshSignature = (bytes: Buffer) => Buffer.concat([sshString('ssh-ed25519'), sshString(bytes)]);

/** @returns one line of a public key file, as it stands in `*-cert.pub` */
export function certificateLine(wire: Buffer): string {
  const type = wire.toString('latin1', 4, 4 + wire.readUInt32BE(0));
  return `${type} ${wire.toString('base64')}`;
}

/** Signs `name.pub` of a folder with stock ssh-keygen. @returns the wire form of the certificate */
export async function signByKeygen(
  folder: string,
  signer: string,
  name: string,
  options: readonly string[],
): Promise<Buffer> {
  await execute('ssh-keygen', ['-q', '-s', join(folder, signer), ...options, join(folder, `${name}.pub`)]);
  const line = await readFile(join(folder, `${name}-cert.pub`), 'utf8');
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

/** A security key's public half: its numbers are those of an ordinary key, its application stands behind them. */
export async function writeSecurityKey(
  folder: string,
  name: string,
  plain: string,
  type: string,
): Promise<void> {
  const line = await readFile(join(folder, `${plain}.pub`), 'utf8');
  const wire = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const fields = wire.subarray(4 + wire.readUInt32BE(0));
  const blob = Buffer.concat([sshString(type), fields, sshString('ssh:')]);
  await writeFile(join(folder, `${name}.pub`), `${type} ${blob.toString('base64')} ${name}\n`);
}
