import { messageOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';
import { type Passkey, readPasskey } from '../../webauthn/passkey.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { type KeyNumbers, materialName, numbersOf } from '../signature/key-material.ts';
import { readOpenpgpKey } from '../signature/openpgp-key.ts';
import { openpgpKeyNumbers } from '../signature/openpgp-key-numbers.ts';
import { sshKeyNumbers } from '../signature/ssh-key-numbers.ts';
import { readSshPublicKey } from '../signature/ssh-public-key.ts';
import {
  KeyRing,
  keysOfOne,
  keyUnderWalk,
  type OwnedKey,
  type OwnedMaterial,
  type TrustKey,
} from '../signature/trust-key.ts';
import { type Policy, type PolicyText, parsePolicy, policyPath } from './policy.ts';

/** Where the files of OpenPGP keys are. */
export type KeyFiles = Pick<ObjectReader, 'fileAt'>;

export const maxPolicyBytes = 256 * 1024;
const maxKeyBytes = 256 * 1024;

/** Policies by the id of their `trust` folder: keys are parsed once. Made by the caller, kept as long as it likes. */
export type PolicyCache = Map<ObjectId, Policy> & {
  /** The newest walk that is known to whoever reads with it: this program's, unless a test asks as an older one. */
  readonly knownWalk?: number;
};

/** Policies that are kept, count. */
const maxKeptPolicies = 64;

/**
 * The policy in a commit.
 * @throws TowlineError TRUST_POLICY_INVALID, TRUST_POLICY_KEY, and what the reader throws.
 */
export async function loadPolicy(
  reader: ObjectReader,
  commit: ObjectId,
  cache: PolicyCache,
): Promise<Policy> {
  const folder = await reader.entryAt(commit, 'trust');
  const kept = folder === undefined ? undefined : cache.get(folder.id);
  if (kept !== undefined) return kept;
  const file = await reader.fileAt(commit, policyPath, maxPolicyBytes);
  if (folder === undefined || file === undefined) {
    throw new TowlineError('TRUST_POLICY_INVALID', 'there is no policy', { position: { file: policyPath } });
  }
  const policy = await policyOf(reader, commit, parsePolicy(file.bytes, cache.knownWalk));
  if (cache.size >= maxKeptPolicies) cache.clear();
  cache.set(folder.id, policy);
  return policy;
}

/**
 * The policy that a text is, with the keys that it names.
 * @throws TowlineError TRUST_POLICY_KEY, and what the reader throws.
 */
export async function policyOf(reader: KeyFiles, commit: ObjectId, text: PolicyText): Promise<Policy> {
  const principals = new Map<string, readonly TrustKey[]>();
  const passkeys = new Map<string, readonly Passkey[]>();
  const materials: OwnedMaterial[] = [];
  for (const [name, { openpgp = [], ssh = [], passkeys: lines = [] }] of Object.entries(text.principals)) {
    const keys: TrustKey[] = [];
    const owner = { name, walk: text.walk, materials };
    for (const path of openpgp) keys.push(...(await readKeyFile(reader, commit, path, owner)));
    for (const line of ssh) keys.push(readSshLine(line, owner));
    principals.set(name, text.walk >= 2 ? keysOfOne(keys) : keys);
    if (lines.length > 0)
      passkeys.set(
        name,
        lines.map(line => readPasskeyLine(line, owner)),
      );
  }
  const owned: OwnedKey[] = [...principals].flatMap(([principal, keys]) =>
    [...keys, ...(passkeys.get(principal) ?? []).map(({ key }) => key)].map(key => ({ principal, key })),
  );
  return { ...text, principals, passkeys, keys: new KeyRing(owned, materials) };
}

/** Whose key it is, and the walk of the policy: from the second on a key has one spelling. */
interface Owner {
  readonly name: string;
  readonly walk: number;
  /** What its keys are is added here. */
  readonly materials: OwnedMaterial[];
}

async function readKeyFile(
  reader: KeyFiles,
  commit: ObjectId,
  path: string,
  owner: Owner,
): Promise<readonly TrustKey[]> {
  const { name } = owner;
  const file = await reader.fileAt(commit, path, maxKeyBytes);
  if (file === undefined) throw keyError(name, path, new Error('the file does not exist'));
  try {
    const armored = Buffer.from(file.bytes).toString('utf8');
    addMaterials(owner, () => openpgpKeyNumbers(armored));
    return (await readOpenpgpKey(armored)).map(key => keyUnderWalk(key, owner.walk));
  } catch (error) {
    throw keyError(name, path, error);
  }
}

function readSshLine(line: string, owner: Owner): TrustKey {
  try {
    addMaterials(owner, () => [sshKeyNumbers(line)]);
    return readSshPublicKey(line);
  } catch (error) {
    throw keyError(owner.name, policyPath, error);
  }
}

function readPasskeyLine(line: string, owner: Owner): Passkey {
  try {
    const passkey = readPasskey(line);
    addMaterials(owner, () => [numbersOf(passkey.key.publicKey)]);
    return passkey;
  } catch (error) {
    throw keyError(owner.name, policyPath, error);
  }
}

/** @throws Error where a key is not in its one spelling. */
function addMaterials({ name, walk, materials }: Owner, read: () => readonly KeyNumbers[]): void {
  if (walk < 2) return;
  for (const numbers of read()) materials.push({ principal: name, material: materialName(numbers) });
}

function keyError(principal: string, file: string, cause: unknown): TowlineError {
  const why = messageOf(cause);
  return new TowlineError('TRUST_POLICY_KEY', `key of ${principal}: ${why}`, { position: { file }, cause });
}
