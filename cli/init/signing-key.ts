/** The key that signs a person's commits: from gpg's key ring, or an SSH key file. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { assertTrustable } from '../desk/trustable-key.ts';

export interface SigningKey {
  readonly kind: 'openpgp' | 'ssh';
  /** Armored, or one line of an OpenSSH public key file. */
  readonly publicKey: string;
  /** `git config` settings that sign with it. */
  readonly gitConfig: readonly (readonly [name: string, value: string])[];
}

function gpg(args: readonly string[]): Promise<string> {
  const child = spawn('gpg', ['--batch', '--no-tty', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', cause =>
      reject(new TowlineError('CLI_SIGNING_KEY', `gpg cannot be run: ${cause.message}`, { cause })),
    );
    child.once('close', () => resolve(Buffer.concat(output).toString('utf8')));
  });
}

/** @throws TowlineError CLI_SIGNING_KEY */
export async function gpgSigningKey(id: string): Promise<SigningKey> {
  const listing = await gpg(['--list-secret-keys', '--with-colons', '--', id]);
  const fingerprints = [...listing.matchAll(/^sec:[^\n]*\n(?:[^f][^\n]*\n)*?fpr:+([0-9A-F]{40}):/gm)].map(
    match => match[1] ?? '',
  );
  const [fingerprint, other] = fingerprints;
  if (fingerprint === undefined) throw new TowlineError('CLI_SIGNING_KEY', `gpg has no secret key "${id}"`);
  if (other !== undefined)
    throw new TowlineError('CLI_SIGNING_KEY', `"${id}" fits ${fingerprints.join(' and ')}`);
  const publicKey = await gpg(['--armor', '--export', fingerprint]);
  await assertTrustable('openpgp', publicKey, id);
  return {
    kind: 'openpgp',
    publicKey,
    gitConfig: [
      ['gpg.format', 'openpgp'],
      ['user.signingkey', fingerprint],
      ['commit.gpgsign', 'true'],
    ],
  };
}

/** Of any kind: which ones count is said in other words. */
const sshLine = /^[a-z0-9@.-]+ AAAA[A-Za-z0-9+/=]+( .*)?$/;

/**
 * @param file the public key's file; of a private key's file, the one beside it that ends in .pub
 * @throws TowlineError CLI_SIGNING_KEY
 */
export async function readSshPublicKey(file: string): Promise<{ file: string; line: string }> {
  const candidate = file.endsWith('.pub') ? file : `${file}.pub`;
  let line: string;
  try {
    line = (await readFile(candidate, 'utf8')).trim();
  } catch (cause) {
    throw new TowlineError('CLI_SIGNING_KEY', `${candidate} cannot be read`, { cause });
  }
  if (!sshLine.test(line)) throw new TowlineError('CLI_SIGNING_KEY', `${candidate} is no SSH public key`);
  await assertTrustable('ssh', line, candidate);
  // git signs in the repository, wherever this was typed.
  return { file: path.resolve(candidate), line };
}

/** @throws TowlineError CLI_SIGNING_KEY */
export async function sshSigningKey(named: string): Promise<SigningKey> {
  const { file, line } = await readSshPublicKey(named);
  return {
    kind: 'ssh',
    publicKey: line,
    gitConfig: [
      ['gpg.format', 'ssh'],
      ['user.signingkey', file],
      ['commit.gpgsign', 'true'],
    ],
  };
}
