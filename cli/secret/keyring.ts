/** The person's own keyring opens data keys: gpg is asked, and no private key comes near this program. */
import { spawn } from 'node:child_process';
import { TowlineError } from '../../core/errors.ts';
import type { SecretMetadata } from '../../core/secrets/metadata.ts';

const dataKeyBytes = 32;
const maxAnswerBytes = 4096;

interface Answer {
  readonly data: Buffer | undefined;
  readonly complaint: string;
}

/** gpg may ask for a passphrase by its agent's own window or terminal. */
function decrypt(message: string): Promise<Answer> {
  const child = spawn('gpg', ['--batch', '--quiet', '--decrypt'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  let bytes = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxAnswerBytes) output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4096);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(message);
  return new Promise((resolve, reject) => {
    child.once('error', cause =>
      reject(new TowlineError('SECRET_KEYRING', `gpg cannot be run: ${cause.message}`, { cause })),
    );
    child.once('close', code => {
      const data = Buffer.concat(output);
      resolve({ data: code === 0 && bytes === dataKeyBytes ? data : undefined, complaint });
    });
  });
}

/**
 * The data key, opened with the first recipient's key that this keyring has.
 * @returns 32 bytes
 * @throws TowlineError SECRET_KEYRING
 */
export async function openDataKey({ recipients }: SecretMetadata): Promise<Buffer> {
  let why = '';
  for (const { encryptedKey } of recipients) {
    const { data, complaint } = await decrypt(encryptedKey);
    if (data !== undefined) return data;
    why = complaint.trim().split('\n').at(-1) ?? '';
  }
  const names = recipients.map(({ fingerprint }) => fingerprint).join(', ');
  throw new TowlineError('SECRET_KEYRING', `none of ${names} opens: ${why}`);
}
