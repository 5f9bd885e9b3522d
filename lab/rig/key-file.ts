import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A key pair without passphrase by stock ssh-keygen: `file` and `file.pub`. */
export async function makeKeyFile(file: string, type = 'ed25519'): Promise<void> {
  await execute('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'test', '-f', file]);
}
