/** Writes the commits of a bundle to a file. Not thin, as `git bundle create` has it: devices complete no packs. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BundleContents } from '../../bundle/contents.ts';
import { type BundleEntry, gitBundleType } from '../../bundle/table.ts';
import { TowlineError } from '../../errors.ts';
import type { ObjectId } from '../../trust/git/object-source.ts';
import { timestampRef } from '../../trust/timestamp.ts';
import { writeGitBundleHeader } from './git-bundle.ts';

/** Of a bundle's contents. */
export type BundleCommits = Pick<BundleContents, 'commit' | 'since' | 'timestamp'>;

export const mainRef = 'refs/heads/main';

/** What stands before the pack. */
export function commitsHeader({ commit, since, timestamp }: BundleCommits): Buffer {
  const refs = new Map([[mainRef, commit]]);
  if (timestamp !== undefined) refs.set(timestampRef, timestamp);
  return writeGitBundleHeader({ prerequisites: since === undefined ? [] : [since], refs });
}

/** What `git pack-objects --revs` is told on standard input. */
export function packedRevisions({ commit, since, timestamp }: BundleCommits): string {
  const ids: (ObjectId | undefined)[] = [commit, timestamp, since === undefined ? undefined : `^${since}`];
  return `${ids.filter(id => id !== undefined).join('\n')}\n`;
}

interface GitBundle {
  /** Bare, or the `.git` of a clone. */
  readonly gitDirectory: string;
  readonly commits: BundleCommits;
  /** That is made; the caller removes it. */
  readonly file: string;
}

/** Of `git pack-objects`. */
export const packArguments = ['--revs', '--stdout', '--delta-base-offset', '--quiet', '--threads=1'];
/** Of what git holds to find deltas: a desk and a gateway have other things to do. */
const windowBytes = '32m';

async function packInto(
  { gitDirectory, commits }: GitBundle,
  output: number,
  signal: AbortSignal,
): Promise<void> {
  const memory = ['-c', `pack.windowMemory=${windowBytes}`];
  const child = spawn('git', ['-C', gitDirectory, ...memory, 'pack-objects', ...packArguments], {
    stdio: ['pipe', output, 'pipe'],
    signal,
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-2000);
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(packedRevisions(commits));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new TowlineError('CLI_GIT', `git pack-objects: ${complaint.trim() || `exit ${code}`}`);
}

/**
 * @returns its entry in the bundle's table
 * @throws TowlineError CLI_GIT; the signal's reason; errors of the file
 */
export async function writeGitBundle(bundle: GitBundle, signal: AbortSignal): Promise<BundleEntry> {
  signal.throwIfAborted();
  const handle = await open(bundle.file, 'wx', 0o600);
  try {
    await handle.writeFile(commitsHeader(bundle.commits));
    await packInto(bundle, handle.fd, signal);
  } finally {
    await handle.close();
  }
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(bundle.file, { signal })) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { kind: 'git', mediaType: gitBundleType, digest: `sha256:${hash.digest('hex')}`, size };
}
