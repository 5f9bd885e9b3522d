/** The device's OpenPGP key: its secrets are encrypted to it, and it never leaves the device. */
import path from 'node:path';
import { TowlineError } from '../errors.ts';
import { readBounded, writeDurably } from './file/durable-file.ts';

/** Below the keys folder: armored private key without a passphrase, mode 0600. */
const fileName = 'openpgp';
const maxBytes = 64 * 1024;
/** Fixed, because a device's clock may stand at 1970 when it enrols: a key from "the future" would be refused. */
const creationDate = new Date('2020-01-01T00:00:00Z');

/** Makes the key if it is not there yet. @returns the armored public half. */
export async function ensureOpenpgpKey(keysFolder: string, device: string): Promise<string> {
  const openpgp = await import('openpgp');
  const present = await readOpenpgpKey(keysFolder);
  if (present !== undefined) {
    try {
      const key = await openpgp.readPrivateKey({ armoredKey: present });
      return key.toPublic().armor().replaceAll('\r\n', '\n');
    } catch (error) {
      throw new TowlineError('AGENT_KEYS', `${path.join(keysFolder, fileName)} cannot be read`, {
        cause: error,
      });
    }
  }
  const { privateKey, publicKey } = await openpgp.generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name: device }],
    date: creationDate,
    format: 'armored',
  });
  await writeDurably(path.join(keysFolder, fileName), privateKey);
  return publicKey.replaceAll('\r\n', '\n');
}

/** @returns the armored private key, undefined where there is none. */
export async function readOpenpgpKey(keysFolder: string): Promise<string | undefined> {
  const bytes = await readBounded(path.join(keysFolder, fileName), maxBytes);
  return bytes?.toString('utf8');
}
