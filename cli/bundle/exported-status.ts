/** What a device has exported: a git bundle of its own telemetry branch, read by git into a folder that goes away again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { gitBundleHeaderOf } from '../../core/io/git/git-bundle.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { DeviceSignature } from '../../core/telemetry/device-signature.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from '../desk/git.ts';

/** More no device has exported, bytes. */
const maxBytes = 1024 * 1024 * 1024;
/** Of a device. */
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const maxCommits = 100_000;
const maxCommitBytes = 64 * 1024;

export class ExportedStatus implements AsyncDisposable {
  readonly device: string;
  readonly head: ObjectId;
  readonly source: GitCatFileSource;
  readonly #folder: string;

  /** @throws TowlineError BUNDLE_FORMAT, BUNDLE_TOO_LARGE, CLI_GIT; what the input throws */
  static async read(input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ExportedStatus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'towline-take-back-'));
    try {
      const file = path.join(folder, 'export');
      await write(input, file, signal);
      const { device, head, packAt } = await headOf(file);
      const directory = path.join(folder, 'objects.git');
      await git(['init', '--quiet', '--bare', '--object-format=sha1', directory], { directory: folder });
      await indexPack({ file, packAt }, directory, signal);
      return new ExportedStatus(folder, { device, head, source: new GitCatFileSource(directory) });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, found: Pick<ExportedStatus, 'device' | 'head' | 'source'>) {
    this.#folder = folder;
    this.device = found.device;
    this.head = found.head;
    this.source = found.source;
  }

  /**
   * @returns its commits, the oldest first, and what that one stands on
   * @throws TowlineError TELEMETRY_FORGED, BUNDLE_FORMAT
   */
  async line(
    signature: DeviceSignature,
  ): Promise<{ readonly commits: readonly ObjectId[]; readonly base: ObjectId | undefined }> {
    const commits: ObjectId[] = [];
    let next: ObjectId | undefined = this.head;
    while (next !== undefined) {
      const object = await this.source.read(next, maxCommitBytes);
      if (object === undefined) break;
      if (object.type !== 'commit' || commits.length === maxCommits)
        throw new TowlineError('BUNDLE_FORMAT', `${next} is no commit of a device`);
      commits.push(next);
      next = signature.parentOf({ id: next, bytes: object.bytes });
    }
    if (commits.length === 0) throw new TowlineError('BUNDLE_FORMAT', 'it has no commits');
    return { commits: commits.reverse(), base: next };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function write(input: AsyncIterable<Uint8Array>, file: string, signal: AbortSignal): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const piece of input) {
      signal.throwIfAborted();
      bytes += piece.length;
      if (bytes > maxBytes)
        throw new TowlineError('BUNDLE_TOO_LARGE', `more than ${maxBytes} bytes of one device`);
      await handle.writeFile(piece);
    }
  } finally {
    await handle.close();
  }
}

/** The one branch that it is of, and where its pack begins. */
async function headOf(file: string) {
  const { refs, packAt } = await gitBundleHeaderOf(file);
  const [[ref = '', head] = [], ...more] = refs;
  const device = ref.startsWith(telemetryRefs) ? ref.slice(telemetryRefs.length) : '';
  if (head === undefined || more.length > 0 || !namePattern.test(device))
    throw new TowlineError('BUNDLE_FORMAT', 'it is not the branch of a device');
  return { device, head, packAt };
}

/** Also where the commit that it goes on from is not here. @throws TowlineError BUNDLE_FORMAT */
async function indexPack(
  { file, packAt }: { readonly file: string; readonly packAt: number },
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn('git', ['--git-dir', directory, 'index-pack', '--fsck-objects', '--stdin'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    signal,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  child.stdin.on('error', () => undefined);
  createReadStream(file, { start: packAt }).pipe(child.stdin);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new TowlineError('BUNDLE_FORMAT', `git does not take it: ${complaint.trim()}`);
}
