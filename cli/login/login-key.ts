/** The key that a certificate is for, and where both lie: as stock ssh looks for them. */
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isMissing, writeDurably } from '../../core/io/file/durable-file.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { makeFolder } from '../desk/folder.ts';

export interface LoginKey {
  /** Of the private key. The certificate lies beside it. */
  readonly file: string;
  /** `type blob` of the public half. */
  readonly line: string;
}

/**
 * A key of the person's own, also one in a security token: its public half alone is read.
 * @throws TowlineError CLI_USAGE
 */
export async function ownKey(file: string): Promise<LoginKey> {
  const text = await readFile(`${file}.pub`, 'utf8').catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', `--key: ${file}.pub cannot be read: ${messageOf(cause)}`, { cause });
  });
  const [type = '', blob = ''] = text.trim().split(/\s+/);
  return { file, line: `${type} ${blob}` };
}

/** One for this fleet alone, which is made where there is none. */
export async function fleetKey(folder: string, fleet: string): Promise<LoginKey> {
  const file = path.join(folder, `${fleet}.login`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text !== undefined) return { file, line: readSshPrivateKey(text).publicLine };
  await makeFolder(folder);
  const made = makeSshPrivateKey(`towline login ${fleet}`);
  const line = readSshPrivateKey(made).publicLine;
  await writeDurably(file, made, { mode: 0o600 });
  await writeDurably(`${file}.pub`, `${line}\n`, { mode: 0o644 });
  return { file, line };
}

/** @returns the file: ssh finds it by the name of the key's */
export async function writeCertificate(key: LoginKey, line: string): Promise<string> {
  const file = `${key.file}-cert.pub`;
  await writeDurably(file, `${line}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}
