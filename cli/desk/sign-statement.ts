/** Detached signatures over statements, with the key that signs the person's commits. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { git } from './git.ts';

export interface SignStatementOptions {
  readonly directory: string;
  /** As git takes it; undefined: user.signingkey. */
  readonly key: string | undefined;
  /** Of SSH signatures. */
  readonly namespace: 'towline-approval' | 'towline-login' | 'git';
}

/**
 * @returns the armored signature
 * @throws TowlineError CLI_SIGNING, CLI_SIGNING_KEY
 */
export async function signStatement(
  statement: Buffer,
  { directory, key, namespace }: SignStatementOptions,
  signal: AbortSignal,
): Promise<string> {
  const run = (program: string, args: readonly string[], input: Buffer): Promise<string> =>
    sign(program, args, { input, signal });
  const setting = (name: string): Promise<string> => git(['config', name], { directory }).catch(() => '');
  const signingKey = key ?? (await setting('user.signingkey'));
  if (signingKey === '')
    throw new TowlineError('CLI_SIGNING_KEY', 'no --key, and git has no user.signingkey');
  const isSsh =
    key === undefined ? (await setting('gpg.format')) === 'ssh' : /[/]|\.pub$|^key::|^ssh-/.test(key);
  if (!isSsh) {
    const program = (await setting('gpg.program')) || 'gpg';
    return run(program, ['--detach-sign', '--armor', '--local-user', signingKey, '--output', '-'], statement);
  }
  const program = (await setting('gpg.ssh.program')) || 'ssh-keygen';
  const isLiteral = /^(?:key::|ssh-)/.test(signingKey);
  const literal = signingKey.replace(/^key::/, '');
  if (!isLiteral) {
    const file = literal.replace(/^~(?=\/)/, homedir());
    return run(program, ['-Y', 'sign', '-n', namespace, '-f', file], statement);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-'));
  try {
    const file = path.join(folder, 'key.pub');
    await writeFile(file, `${literal}\n`);
    return await run(program, ['-Y', 'sign', '-n', namespace, '-U', '-f', file], statement);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sign(
  program: string,
  args: readonly string[],
  { input, signal }: { input: Buffer; signal: AbortSignal },
): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2000);
  });
  const stop = () => {
    child.kill();
    for (const stream of child.stdio) stream?.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void =>
      reject(new TowlineError('CLI_SIGNING', `${program}: ${why}`, { cause }));
    child.once('error', cause => fail(cause.message, cause));
    child.once('close', code => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve(Buffer.concat(output).toString('latin1'));
      else fail(complaint.trim() || `exit ${code}`);
    });
  });
}
