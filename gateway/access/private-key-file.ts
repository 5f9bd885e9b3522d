/** Private keys of the gateway besides those of its state directory: each in a file that gateway.yaml names. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { readSshPrivateKey, type SshKey } from '../../core/io/openssh-key.ts';

export interface PrivateKeyFile {
  readonly text: string;
  readonly key: SshKey;
}

/**
 * Read when it is needed: a new one counts from the moment it is in its file.
 * @param setting that names the file
 * @throws TowlineError GATEWAY_CONFIG_INVALID
 */
export async function readPrivateKeyFile(path: string, setting: string): Promise<PrivateKeyFile> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, key: readSshPrivateKey(text) };
  } catch (cause) {
    const message = `${setting}: ${path} is no Ed25519 key of OpenSSH without passphrase: ${messageOf(cause)}`;
    throw new TowlineError('GATEWAY_CONFIG_INVALID', message, { cause });
  }
}
