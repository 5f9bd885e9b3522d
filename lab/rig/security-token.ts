/** A security token for stock OpenSSH, made of software: `ssh-keygen -t ed25519-sk` and `ssh` load it as they load libfido2. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../machine/cached-folder.ts';
import { requireCommands } from '../machine/packages.ts';

const source = path.join(import.meta.dirname, 'security-token.c');
const program = path.join(import.meta.dirname, 'token-program.ts');
/** SSH_SK_VERSION_MAJOR of OpenSSH 9 and 10. */
const api = '0x000a0000';

/** @returns the environment in which ssh-keygen finds it, and which `ssh -o SecurityKeyProvider=` needs; built once, in the cache */
export function securityToken(): Readonly<Record<string, string>> {
  requireCommands(['g++', 'ssh', 'ssh-keygen']);
  const digest = createHash('sha256').update(readFileSync(source)).update(api).digest('hex').slice(0, 16);
  const folder = cachedFolder(`security-token-${digest}`, made => {
    const output = path.join(made, 'token.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', `-DTOKEN_API=${api}`, '-o', output, source]);
  });
  return {
    SSH_SK_PROVIDER: path.join(folder, 'token.so'),
    TOWLINE_TEST_TOKEN: `${process.execPath} ${program}`,
  };
}
