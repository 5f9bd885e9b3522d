/** What git itself does in a repository of the rig. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from './keys.ts';
import type { TreeChanges } from './made-commit.ts';

export interface GitOptions {
  readonly input?: Uint8Array | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: readonly string[];
}

export interface GitCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly timeSec: number;
  readonly message: string;
  readonly signer?: Signer | undefined;
}

/** By `git commit-tree`, which has the signer's program sign. */
export function commitTree(repository: string, commit: GitCommit): Promise<string> {
  const { tree, parents, timeSec, message, signer } = commit;
  const time = `${timeSec} +0000`;
  const signing = signer === undefined ? '--no-gpg-sign' : '-S';
  return runGit(repository, ['commit-tree', signing, ...parents.flatMap(p => ['-p', p]), tree], {
    input: message,
    config: signer?.gitConfig ?? [],
    environment: { ...signer?.environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
  });
}

/** @param base a commit, by any name that git takes */
export async function writeTree(
  repository: string,
  base: string | undefined,
  changes: TreeChanges,
): Promise<string> {
  const index = join(repository, `index-${crypto.randomUUID()}`);
  const lines = [...changes].map(([path, entry]) =>
    entry === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${entry.mode} ${entry.id}\t${path}\0`,
  );
  try {
    // One process for us to start, and not three.
    const steps = ['git update-index -z --index-info', 'git write-tree --missing-ok'];
    const script = [...(base === undefined ? [] : ['git read-tree "$1"']), ...steps].join(' && ');
    return await run(repository, ['sh', '-c', script, 'sh', base ?? ''], {
      environment: { GIT_INDEX_FILE: index },
      input: lines.join(''),
    });
  } finally {
    await rm(index, { force: true });
  }
}

export function runGit(path: string, args: readonly string[], options: GitOptions): Promise<string> {
  const settings = ['user.name=Test', 'user.email=test@example.com', ...(options.config ?? [])];
  return run(path, ['git', ...settings.flatMap(setting => ['-c', setting]), ...args], options);
}

function run(path: string, [program = '', ...args]: readonly string[], options: GitOptions): Promise<string> {
  const child = spawn(program, args, {
    cwd: path,
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      ...options.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8').replace(/\n$/, ''));
      else reject(new Error(`${program} ${args.join(' ')}: exit ${code}\n${complaint}`));
    });
  });
}
