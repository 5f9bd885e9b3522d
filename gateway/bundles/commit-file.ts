/** The commits of a bundle that is made, in a file that nobody else sees: their size and hash stand in front of them. */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type BundleEntry, gitBundleType } from '../../core/bundle/table.ts';
import { TowlineError } from '../../core/errors.ts';
import {
  type BundleCommits,
  commitsHeader,
  packArguments,
  packedRevisions,
} from '../../core/io/git/pack-commits.ts';
import type { GitRunner } from '../git/git-runner.ts';

export interface CommitFileOptions {
  readonly fleetGit: string;
  readonly incoming: string;
  readonly runner: Pick<GitRunner, 'run'>;
  readonly commits: BundleCommits;
  readonly who: string;
}

const pieceBytes = 64 * 1024;

export class CommitFile implements AsyncDisposable {
  readonly entry: BundleEntry;
  readonly #file: FileHandle;

  /** @throws TowlineError BUNDLE_PREREQUISITE where main has not what it shall begin after; GATEWAY_GIT_FAILED, GATEWAY_BUSY */
  static async write(options: CommitFileOptions, signal: AbortSignal): Promise<CommitFile> {
    await assertOnMain(options, signal);
    const path = join(options.incoming, `commits-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      // Gone with its handle, however this process ends.
      await unlink(path);
      return new CommitFile(file, await pack(file, options, signal));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: FileHandle, entry: BundleEntry) {
    this.#file = file;
    this.entry = entry;
  }

  async *bytes(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.entry.size; ) {
      signal.throwIfAborted();
      const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

async function assertOnMain(
  { fleetGit, runner, commits: { commit, since }, who }: CommitFileOptions,
  signal: AbortSignal,
): Promise<void> {
  if (since === undefined) return;
  const args = ['--git-dir', fleetGit, 'merge-base', '--is-ancestor', since, commit];
  const job = { lane: 'fetches', who, arguments: args, onOutput: () => undefined } as const;
  if ((await runner.run(job, signal)).code !== 0)
    throw new TowlineError('BUNDLE_PREREQUISITE', `${since} is no commit of main`);
}

/** Not thin: devices complete no packs. */
async function pack(
  file: FileHandle,
  { fleetGit, runner, commits, who }: CommitFileOptions,
  signal: AbortSignal,
): Promise<BundleEntry> {
  const hash = createHash('sha256');
  let size = 0;
  const write = async (piece: Uint8Array) => {
    hash.update(piece);
    for (let done = 0; done < piece.length; )
      done += (await file.write(piece, done, piece.length - done, size + done)).bytesWritten;
    size += piece.length;
  };
  await write(commitsHeader(commits));
  const { code, stderr } = await runner.run(
    {
      ...{ lane: 'fetches', who, onOutput: write },
      arguments: ['--git-dir', fleetGit, 'pack-objects', ...packArguments],
      input: Buffer.from(packedRevisions(commits)),
    },
    signal,
  );
  if (code !== 0) throw new TowlineError('GATEWAY_GIT_FAILED', stderr.trim().slice(0, 400));
  return { kind: 'git', mediaType: gitBundleType, digest: `sha256:${hash.digest('hex')}`, size };
}
