/** What a device reads below secrets/, for a device that gets other keys: opened by the person, and sealed to the new ones. */

import type { FilesAt } from '../../core/change/changed-files.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { TowlineError } from '../../core/errors.ts';
import { recipientsOf, secretRecipients } from '../../core/fleet/secret-recipients.ts';
import { secretUsers } from '../../core/fleet/secret-users.ts';
import { maxSecretBytes, readSecretDocument, secretFormat } from '../../core/secrets/document.ts';
import type { SecretMap } from '../../core/secrets/tree.ts';
import { openDataKey } from '../secret/keyring.ts';
import { openForPerson } from '../secret/opened.ts';
import { type SecretFile, sealedText } from '../secret/secret-file.ts';

export interface DeviceSecret extends Pick<SecretFile, 'fleet' | 'path' | 'format' | 'document'> {
  readonly plain: SecretMap;
  /** Devices that read it besides, sorted. */
  readonly others: readonly string[];
}

/**
 * A file that is missing is passed over: `towline validate` says so.
 * @throws TowlineError SECRET_KEYRING where this person opens none of its recipients' keys, SECRET_PATH_…, SECRET_…
 */
export async function openDeviceSecrets(at: FilesAt, device: string): Promise<DeviceSecret[]> {
  const fleet = await fleetOf(at);
  const opened: DeviceSecret[] = [];
  for (const [path, users] of secretUsers(fleet)) {
    if (!users.includes(device)) continue;
    const found = await at.files.fileAt(at.commit, path, maxSecretBytes);
    if (found === undefined) continue;
    const place = { fleet: fleet.name, path, format: secretFormat(path) };
    const document = readSecretDocument(found.bytes, place.format);
    const { plain } = openForPerson(document, await openDataKey(document.metadata), place, false);
    opened.push({ ...place, document, plain, others: users.filter(id => id !== device) });
  }
  return opened;
}

/**
 * With new data keys: the ones before are known to who had the device's keys.
 * @param at where the device's file has its new keys already
 * @returns path → text. @throws TowlineError as `openDeviceSecrets`, SECRET_UNSUPPORTED, SECRET_NO_RECIPIENT
 */
export async function sealedDeviceSecrets(
  at: FilesAt,
  device: string,
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const all = await secretRecipients(await fleetOf(at), { reader: at.files, commit: at.commit, date: now });
  const opened = await openDeviceSecrets(at, device);
  if (opened.length > 0 && all.principals.length === 0)
    throw new TowlineError('SECRET_NO_RECIPIENT', 'no principal has an OpenPGP key that can encrypt');
  const sealed = new Map<string, string>();
  for (const { plain, others: _others, ...file } of opened) {
    const recipients = recipientsOf(all, file.path);
    sealed.set(file.path, await sealedText({ ...file, recipients }, { plain, now }));
  }
  return sealed;
}
