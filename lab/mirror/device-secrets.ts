/** Secrets that the devices of a lab use, as stand-ins; those of nobody there are left out. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import { secretUsers } from '../../core/fleet/secret-users.ts';
import { maxSecretBytes } from '../../core/secrets/document.ts';
import type { FleetAtCommit } from './fleet-source.ts';
import { keptDevice, keptFleet, keptGroup } from './kept-settings.ts';
import type { LabIdentity } from './lab-identity.ts';
import { standInSecret } from './stand-in-secret.ts';

/** Without stores of backups and logins of registries: a lab has neither. */
function withoutStores(fleet: Fleet): Fleet {
  const keeping = { engine: false };
  return {
    ...fleet,
    file: { ...fleet.file, value: keptFleet(fleet.file.value, keeping) },
    groups: new Map(
      [...fleet.groups].map(([name, file]) => [name, { ...file, value: keptGroup(file.value, keeping) }]),
    ),
    devices: new Map(
      [...fleet.devices].map(([id, file]) => [id, { ...file, value: keptDevice(file.value, keeping) }]),
    ),
  };
}

/** Path → text. @throws TowlineError SECRET_MALFORMED, SECRET_UNSUPPORTED */
export async function deviceSecrets(
  { fleet, files, commit }: FleetAtCommit,
  devices: readonly string[],
  lab: LabIdentity,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [path, ids] of secretUsers(withoutStores(fleet))) {
    const users = ids.filter(id => devices.includes(id));
    const recipients = users.flatMap(id => lab.devices.get(id)?.keys.openpgp ?? []);
    const file = recipients.length === 0 ? undefined : await files.fileAt(commit, path, maxSecretBytes);
    if (file === undefined) continue;
    const { fleet: name, date, random } = lab;
    found.set(path, await standInSecret(file.bytes, path, { fleet: name, recipients, date, random }));
  }
  return found;
}
