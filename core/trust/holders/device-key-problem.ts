import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { materialName, numbersOf } from '../signature/key-material.ts';
import { armoredFingerprints } from '../signature/openpgp-fingerprint.ts';
import type { OwnedKey } from '../signature/trust-key.ts';
import { holderFile, isHolderPath } from './claims.ts';
import { deviceKeys } from './named-keys.ts';

const maxDeviceFileBytes = 256 * 1024;
const publicKeyBlock = /-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g;

/** The first of the keys that the file of a device names. */
type Search = (id: ObjectId) => Promise<OwnedKey | undefined>;

/**
 * Looks for keys of principals in the files of devices: whoever steals the device would have them.
 * Reads every device file, so it is asked only about keys that a policy gains.
 * @param walk From the second on keys are compared by what they are, before by how they are written.
 * @throws TowlineError what the reader throws.
 */
export async function deviceKeyProblem(
  reader: ObjectReader,
  commit: ObjectId,
  keys: readonly OwnedKey[],
  walk: number,
): Promise<string | undefined> {
  if (keys.length === 0) return undefined;
  const search = walk >= 2 ? searchMaterial(reader, keys) : searchText(reader, keys);
  for await (const file of reader.list(commit, 'devices')) {
    if (walk >= 2 && !isHolderPath(file.path)) continue;
    const found = await search(file.id);
    if (found !== undefined)
      return `key ${found.key.id} of ${found.principal} is that of the device in ${file.path}`;
  }
  return undefined;
}

function searchMaterial(reader: ObjectReader, keys: readonly OwnedKey[]): Search {
  const known = new Map(keys.map(owned => [materialName(numbersOf(owned.key.publicKey)), owned]));
  return async id => {
    const file = deviceKeys(await holderFile(reader, id));
    return [...file.keys, ...file.hostKeys]
      .flatMap(({ numbers }) => numbers)
      .map(numbers => known.get(materialName(numbers)))
      .find(owned => owned !== undefined);
  };
}

function searchText(reader: ObjectReader, keys: readonly OwnedKey[]): Search {
  const openpgp = new Map(
    keys.filter(({ key }) => key.kind === 'openpgp').map(owned => [owned.key.id, owned]),
  );
  const ssh = keys.filter(({ key }) => key.kind === 'ssh');
  return async id => {
    const text = Buffer.from(await reader.blob(id, maxDeviceFileBytes)).toString('utf8');
    const blocks = openpgp.size === 0 ? [] : (text.match(publicKeyBlock) ?? []);
    return (
      ssh.find(({ key }) => text.includes(key.lookup)) ??
      blocks
        .flatMap(armoredFingerprints)
        .map(id => openpgp.get(id))
        .find(owned => owned !== undefined)
    );
  };
}
