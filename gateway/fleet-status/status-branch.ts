/** The branch fleet-status in telemetry.git: what is on it, and one commit more. */
import { setImmediate as turn } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { blobId, type ShownStatus } from './shown-status.ts';

export const fleetStatusRef = 'refs/heads/fleet-status';
const page = 'README.md';

/** Path → blob. */
type BranchFiles = Map<string, ObjectId>;

export interface BranchCommit {
  readonly page: string;
  /** Device → its status.yaml. */
  readonly status: ReadonlyMap<string, ShownStatus>;
  /** Devices of which this may differ from what this branch was given before. */
  readonly changed: Iterable<string>;
  readonly message: string;
  readonly fleet: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface StatusBranchOptions {
  readonly runner: GitRunner;
  readonly telemetryGit: string;
  /** After so many commits the branch begins anew with a root commit: nobody needs its history for years. */
  readonly maxCommits?: number;
}

const maxListBytes = 64 * 1024 * 1024;

export class StatusBranch {
  readonly #options: StatusBranchOptions;
  #tip: ObjectId | undefined;
  #files: BranchFiles | undefined;
  #commits = 0;

  constructor(options: StatusBranchOptions) {
    this.#options = options;
  }

  /** Writes a commit if anything differs. @returns whether it did. @throws TowlineError GATEWAY_GIT_FAILED */
  async write(commit: BranchCommit, signal: AbortSignal): Promise<boolean> {
    const known = this.#files;
    const files = await this.#load(signal);
    await turn(undefined, { signal });
    // What somebody else wrote is compared as a whole.
    const { put, removed } = difference(files, commit, files === known ? commit.changed : undefined);
    if (put.size === 0 && removed.length === 0) return false;
    const anew = this.#tip === undefined || this.#commits >= (this.#options.maxCommits ?? 2000);
    // Until it is written it is nobody's: a failure reads it again.
    this.#files = undefined;
    for (const [path, blob] of put) files.set(path, blob);
    for (const path of removed) files.delete(path);
    const lines = [
      `commit ${fleetStatusRef}`,
      `committer Towline gateway <gateway@${commit.fleet}> ${Math.floor(commit.nowMs / 1000)} +0000`,
      data(commit.message),
      ...(anew ? [] : [`from ${this.#tip}`, ...removed.map(path => `D ${path}`)]),
      ...[...(anew ? files : put)].map(([path, blob]) => {
        // telemetry.git has what devices pushed.
        const text = path === page ? commit.page : commit.status.get(deviceOf(path))?.text;
        return text === undefined ? `M 100644 ${blob} ${path}` : `M 100644 inline ${path}\n${data(text)}`;
      }),
      'done',
      '',
    ];
    const args = ['fast-import', '--quiet', '--done', ...(anew ? ['--force'] : [])];
    await this.#git(args, signal, Buffer.from(lines.join('\n')));
    this.#tip = await readRef(this.#options.telemetryGit, fleetStatusRef);
    this.#files = files;
    this.#commits = anew ? 1 : this.#commits + 1;
    return true;
  }

  /** From the repository when it is not what we wrote last: at the start, and after somebody else did. */
  async #load(signal: AbortSignal): Promise<BranchFiles> {
    const tip = await readRef(this.#options.telemetryGit, fleetStatusRef);
    if (this.#files !== undefined && tip === this.#tip) return this.#files;
    const files = new Map<string, ObjectId>();
    let commits = 0;
    if (tip !== undefined) {
      for (const entry of (await this.#git(['ls-tree', '-r', '-z', tip], signal)).split('\0')) {
        const match = /^100644 blob ([0-9a-f]{40})\t([^\n"]+)$/.exec(entry);
        if (match?.[1] !== undefined && match[2] !== undefined) files.set(match[2], match[1]);
      }
      commits = Number(await this.#git(['rev-list', '--count', tip], signal));
    }
    this.#tip = tip;
    this.#commits = commits;
    this.#files = files;
    return files;
  }

  async #git(args: readonly string[], signal: AbortSignal, input?: Buffer): Promise<string> {
    const { runner, telemetryGit } = this.#options;
    const output: Buffer[] = [];
    let bytes = 0;
    const { code, stderr } = await runner.run(
      {
        lane: 'maintenance',
        arguments: ['--git-dir', telemetryGit, ...args],
        ...(input === undefined ? {} : { input }),
        onOutput: chunk => {
          bytes += chunk.length;
          if (bytes > maxListBytes) throw new TowlineError('GATEWAY_GIT_FAILED', 'fleet-status is too large');
          output.push(chunk);
        },
      },
      signal,
    );
    if (code === 0) return Buffer.concat(output).toString('utf8');
    this.#files = undefined;
    throw new TowlineError(
      'GATEWAY_GIT_FAILED',
      `git ${args[0]} ended with ${code}: ${stderr.trim().slice(0, 400)}`,
    );
  }
}

interface Difference {
  readonly put: ReadonlyMap<string, ObjectId>;
  readonly removed: readonly string[];
}

/** @param changed devices that are looked at; all unless it is given. */
function difference(
  files: BranchFiles,
  { page: text, status }: BranchCommit,
  changed: Iterable<string> | undefined,
): Difference {
  const wanted = new Map([[page, blobId(text)]]);
  for (const device of changed ?? status.keys()) {
    const blob = status.get(device)?.blob;
    if (blob !== undefined) wanted.set(pathOf(device), blob);
  }
  const put = new Map([...wanted].filter(([path, blob]) => files.get(path) !== blob));
  const looked = changed === undefined ? files.keys() : [...changed].map(pathOf);
  return { put, removed: [...looked].filter(path => files.has(path) && !wanted.has(path)) };
}

const folder = 'status/';
const ending = '.yaml';
const pathOf = (device: string) => `${folder}${device}${ending}`;
const deviceOf = (path: string) => path.slice(folder.length, -ending.length);

/** git-fast-import(1), the exact byte count format. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
