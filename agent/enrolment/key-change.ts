/**
 * New keys for a device that has some: made beside the old ones, stated under the old SSH key, and put in their place
 * once a person has accepted them. A cut at any point is finished by the next start or the next call.
 */
import { access, cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type SignedStatement, signStatement } from '../../core/enrolment/statement.ts';
import {
  type DeviceKeys,
  makeDeviceKeys,
  readDeviceKeys,
  sshKeyOf,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../core/io/device-keys.ts';
import { readBounded, syncFolder } from '../../core/io/file/durable-file.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { giveToOwnerOf } from './key-owner.ts';

const maxKeyBytes = 64 * 1024;

const folders = (stateDirectory: string) => ({
  keys: path.join(stateDirectory, 'keys'),
  next: path.join(stateDirectory, 'keys.next'),
  before: path.join(stateDirectory, 'keys.before'),
});

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** The next keys, made at the first call: TLS and SSH. The OpenPGP key stays, because secrets are encrypted to it. */
export async function nextKeys(stateDirectory: string, device: string): Promise<DeviceKeys> {
  const { next } = folders(stateDirectory);
  // The SSH key is written last: where it is missing, an attempt before this one was cut off.
  if ((await readBounded(path.join(next, 'ssh'), maxKeyBytes)) !== undefined) return readDeviceKeys(next);
  const made = makeDeviceKeys(device);
  await writeDeviceKeys(next, made);
  return made;
}

/** @param present keys that the device's file names: their SSH key vouches for the next ones. */
export async function stateNextKeys(
  stateDirectory: string,
  of: { readonly fleet: string; readonly device: string },
  present: DeviceKeys,
  next: DeviceKeys,
): Promise<SignedStatement> {
  const openpgp = await ensureOpenpgpKey(folders(stateDirectory).keys, of.device);
  const statement = {
    fleet: of.fleet,
    device: of.device,
    oneTimeKey: sshPublicKey(present),
    keys: { tls: tlsPublicKey(next), ssh: sshPublicKey(next), openpgp },
  };
  return signStatement(statement, sshKeyOf(present).privateKey);
}

/** Puts the next keys in place and forgets the old ones, which no gateway admits any more. */
export async function useNextKeys(stateDirectory: string): Promise<void> {
  const { keys, next, before } = folders(stateDirectory);
  await cp(path.join(keys, 'openpgp'), path.join(next, 'openpgp'));
  await giveToOwnerOf(stateDirectory, next);
  await syncFolder(next);
  await rename(keys, before);
  await finishKeyChange(stateDirectory);
}

/** At start: a change that was cut off between its two renames. */
export async function finishKeyChange(stateDirectory: string): Promise<void> {
  const { keys, next, before } = folders(stateDirectory);
  if (!(await exists(before))) return;
  if (!(await exists(keys))) await rename(next, keys);
  await syncFolder(stateDirectory);
  await rm(before, { recursive: true, force: true });
}
