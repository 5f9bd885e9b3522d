import type { ObjectReader } from './object-reader.ts';
import type { ObjectId } from './object-source.ts';
import { armoredFingerprints } from './openpgp-fingerprint.ts';
import type { OwnedKey } from './trust-key.ts';

const maxDeviceFileBytes = 256 * 1024;
const publicKeyBlock = /-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g;

/**
 * Looks for keys of principals in the files of devices: whoever steals the device would have them.
 * Reads every device file, so it is asked only about keys that a policy gains.
 * @throws TowlineError what the reader throws.
 */
export async function deviceKeyProblem(
  reader: ObjectReader,
  commit: ObjectId,
  keys: readonly OwnedKey[],
): Promise<string | undefined> {
  if (keys.length === 0) return undefined;
  const openpgp = new Map(
    keys.filter(({ key }) => key.kind === 'openpgp').map(owned => [owned.key.id, owned]),
  );
  const ssh = keys.filter(({ key }) => key.kind === 'ssh');
  for await (const file of reader.list(commit, 'devices')) {
    const text = Buffer.from(await reader.blob(file.id, maxDeviceFileBytes)).toString('utf8');
    const blocks = openpgp.size === 0 ? [] : (text.match(publicKeyBlock) ?? []);
    const found =
      ssh.find(({ key }) => text.includes(key.lookup)) ??
      blocks
        .flatMap(armoredFingerprints)
        .map(id => openpgp.get(id))
        .find(owned => owned !== undefined);
    if (found !== undefined)
      return `key ${found.key.id} of ${found.principal} is that of the device in ${file.path}`;
  }
  return undefined;
}
