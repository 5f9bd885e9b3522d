/** The person's own keyring decrypts: gpg is asked, and no private key comes near this program. */
import { spawn } from 'node:child_process';
import { TowlineError } from '../../core/errors.ts';

const maxAnswerBytes = 4096;

export interface Decrypted {
  readonly data: Buffer | undefined;
  readonly complaint: string;
}

/** One message, small. gpg may ask for a passphrase by its agent's own window or terminal. */
export function gpgDecrypt(message: string | Uint8Array): Promise<Decrypted> {
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
      resolve({ data: code === 0 && bytes <= maxAnswerBytes ? data : undefined, complaint });
    });
  });
}
