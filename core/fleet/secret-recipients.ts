/** Who must be able to open a secret: the principals, who edit it, and the devices that use it. */
import { TowlineError } from '../errors.ts';
import { fingerprintsOf, type RecipientKey, readRecipientKeys } from '../secrets/recipient-key.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Fleet } from './fleet.ts';
import type { RepositoryFiles } from './repository-files.ts';
import { type MovedSecret, secretUsers } from './secret-users.ts';

const maxKeyBytes = 256 * 1024;

export interface NamedRecipient {
  /** "alice", "device pump-4". */
  readonly name: string;
  readonly key: RecipientKey;
}

export interface SecretRecipients {
  /** Principals with an OpenPGP key that can encrypt, in the policy's order. */
  readonly principals: readonly NamedRecipient[];
  /** SOPS file → devices that use it and have an OpenPGP key. */
  readonly devices: ReadonlyMap<string, readonly NamedRecipient[]>;
  /** Device → fingerprints of keys that must read nothing any more. */
  readonly revoked: ReadonlyMap<string, readonly string[]>;
}

interface KeyText {
  readonly name: string;
  readonly file: string;
  readonly armored: string;
}

async function keysOf(
  { name, file, armored }: KeyText,
  { date, readKeys = readRecipientKeys }: RecipientsAt,
): Promise<NamedRecipient[]> {
  try {
    return (await readKeys(armored, date)).map(key => ({ name, key }));
  } catch (cause) {
    throw new TowlineError('SECRET_UNSUPPORTED', `the OpenPGP key of ${name} cannot be read`, {
      cause,
      position: { file },
    });
  }
}

async function principalKeys(fleet: Fleet, at: RecipientsAt): Promise<NamedRecipient[]> {
  const { reader, commit } = at;
  const found: NamedRecipient[] = [];
  for (const [name, { openpgp = [] }] of Object.entries(fleet.policy?.value.principals ?? {})) {
    for (const path of openpgp) {
      const file = await reader.fileAt(commit, path, maxKeyBytes);
      if (file === undefined) continue;
      const armored = Buffer.from(file.bytes).toString('utf8');
      found.push(...(await keysOf({ name, file: path, armored }, at)));
    }
  }
  return found;
}

export interface RecipientsAt {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  /** Decides which keys have expired. */
  readonly date: Date;
  readonly moved?: MovedSecret | undefined;
  /** Where many are read again and again: `readRecipientKeys`, unless said otherwise. */
  readonly readKeys?: typeof readRecipientKeys | undefined;
}

/** @throws TowlineError SECRET_UNSUPPORTED for a key that cannot be read */
export async function secretRecipients(fleet: Fleet, at: RecipientsAt): Promise<SecretRecipients> {
  const keys = new Map<string, NamedRecipient[]>();
  const revoked = new Map<string, string[]>();
  const devices = new Map<string, NamedRecipient[]>();
  for (const [path, ids] of secretUsers(fleet, at.moved)) {
    const recipients: NamedRecipient[] = [];
    for (const id of ids) {
      const device = fleet.devices.get(id);
      const armored = device?.value.keys?.openpgp;
      if (device === undefined || armored === undefined) continue;
      const known = keys.get(id) ?? (await keysOf({ name: `device ${id}`, file: device.path, armored }, at));
      keys.set(id, known);
      recipients.push(...known);
    }
    devices.set(path, recipients);
  }
  for (const [id, { value }] of fleet.devices) {
    const armored = value.keys?.openpgp;
    if (value.revoked !== true || armored === undefined) continue;
    revoked.set(id, await fingerprintsOf(armored).catch(() => []));
  }
  return { principals: await principalKeys(fleet, at), devices, revoked };
}

/** Everybody who must be able to open this file. */
export function recipientsOf({ principals, devices }: SecretRecipients, path: string): NamedRecipient[] {
  const all = [...principals, ...(devices.get(path) ?? [])];
  const seen = new Set<string>();
  return all.filter(({ key }) => !seen.has(key.fingerprint) && seen.add(key.fingerprint));
}
