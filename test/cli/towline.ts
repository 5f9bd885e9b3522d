/** Runs bin/towline as a person does, without a terminal. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const command = path.resolve(import.meta.dirname, '../../bin/towline');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** git without the machine's own settings, and a person's name. */
const quietGit = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

export function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...quietGit, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, output, errors }));
  });
}

export const towline = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  directory = tmpdir(),
) => run(command, args, environment, directory);

export async function git(directory: string, ...args: string[]): Promise<string> {
  const { code, output, errors } = await run('git', args, {}, directory);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${errors}`);
  return output.trimEnd();
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tl-cli-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
