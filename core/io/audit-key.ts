/** The key with which a gateway signs its audit log: Ed25519, `keys/audit` in its state directory, and for nothing else. */
import path from 'node:path';
import { messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';
import { readBounded, writeDurably } from './file/durable-file.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from './openssh-key.ts';

const maxKeyBytes = 64 * 1024;

/**
 * Makes it where there is none.
 * @param folder `<stateDirectory>/keys`
 * @throws TowlineError AGENT_KEYS; what the disk throws
 */
export async function openAuditKey(
  folder: string,
): Promise<{ readonly key: SshKey; readonly isNew: boolean }> {
  const file = path.join(folder, 'audit');
  const present = await readBounded(file, maxKeyBytes);
  if (present === undefined) {
    const text = makeSshPrivateKey('towline-audit');
    await writeDurably(file, text);
    return { key: readSshPrivateKey(text), isNew: true };
  }
  try {
    return { key: readSshPrivateKey(present.toString('utf8')), isNew: false };
  } catch (cause) {
    throw new TowlineError('AGENT_KEYS', `${file} cannot be used: ${messageOf(cause)}`, { cause });
  }
}
