/** The keys that are made on a device and never leave it (docs/trust.md, "Identity without a CA"). */

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';
import { readBounded, writeDurably } from './file/durable-file.ts';
import { selfSignedCertificate } from './https/self-signed-certificate.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from './openssh-key.ts';

const maxKeyBytes = 64 * 1024;

/** File contents, as they stand in `<stateDirectory>/keys/`. */
export interface DeviceKeys {
  /** P-256, PKCS #8 PEM: `tls.key`. */
  readonly tlsKey: string;
  /** Self-signed, PEM: `tls.crt`. Only its public key counts. */
  readonly tlsCertificate: string;
  /** Ed25519, OpenSSH's private key format: `ssh`. Tunnels, and signatures of status commits. */
  readonly sshKey: string;
}

/** New keys. `name` stands in the certificate and the SSH comment, for people. @param hosts of a gateway, in its certificate */
export function makeDeviceKeys(name = 'towline', hosts: readonly string[] = []): DeviceKeys {
  const tlsKey = makeTlsKey();
  return {
    tlsKey,
    tlsCertificate: selfSignedCertificate(tlsKey, name, hosts),
    sshKey: makeSshPrivateKey(name),
  };
}

/** P-256, PKCS #8 PEM. */
export function makeTlsKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Writes `tls.key`, `tls.crt` and `ssh` durably, mode 0600. */
export async function writeDeviceKeys(folder: string, keys: DeviceKeys): Promise<void> {
  await writeDurably(path.join(folder, 'tls.key'), keys.tlsKey);
  await writeDurably(path.join(folder, 'tls.crt'), keys.tlsCertificate);
  await writeDurably(path.join(folder, 'ssh'), keys.sshKey);
}

/**
 * Reads and checks the three files.
 * @throws TowlineError AGENT_KEYS
 */
export async function readDeviceKeys(folder: string): Promise<DeviceKeys> {
  const read = async (name: string): Promise<string> => {
    const file = path.join(folder, name);
    const bytes = await readBounded(file, maxKeyBytes);
    if (bytes === undefined)
      throw new TowlineError('AGENT_KEYS', `${file} is missing`, { details: { file } });
    return bytes.toString('utf8');
  };
  const keys = {
    tlsKey: await read('tls.key'),
    tlsCertificate: await read('tls.crt'),
    sshKey: await read('ssh'),
  };
  try {
    const ofCertificate = createPublicKey(keys.tlsCertificate).export({ type: 'spki', format: 'der' });
    if (ofCertificate.toString('base64') !== tlsPublicKey(keys)) throw new Error('tls.crt is of another key');
    sshKeyOf(keys);
  } catch (cause) {
    const message = messageOf(cause);
    throw new TowlineError('AGENT_KEYS', `the keys in ${folder} cannot be used: ${message}`, { cause });
  }
  return keys;
}

/** SubjectPublicKeyInfo of the TLS key, base64 of its DER form: `keys.tls` of the device's file. */
export function tlsPublicKey(keys: Pick<DeviceKeys, 'tlsKey'>): string {
  const der = createPublicKey(createPrivateKey(keys.tlsKey)).export({ type: 'spki', format: 'der' });
  return der.toString('base64');
}

/** `ssh-ed25519 AAAA…`: `keys.ssh` of the device's file. */
export function sshPublicKey(keys: DeviceKeys): string {
  return sshKeyOf(keys).publicLine;
}

/** The SSH key, ready to sign. */
export function sshKeyOf(keys: DeviceKeys): SshKey {
  return readSshPrivateKey(keys.sshKey);
}
