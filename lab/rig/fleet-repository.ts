/** Real git repositories with really signed commits, built through git's own plumbing. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpgKey, Signer, SshKey } from './keys.ts';
import { storeBlob } from './loose-blob.ts';

/** Path → content; `null` removes the file; an object gives a mode, or an existing object (`id`). */
export type Files = Readonly<Record<string, string | Uint8Array | null | FileSpec>>;
export interface FileSpec {
  readonly mode?: '100644' | '100755' | '120000' | '160000';
  readonly content?: string | Uint8Array;
  readonly id?: string;
}

export interface CommitOptions {
  /** Changes against the tree of the first parent (or `tree`). */
  readonly files?: Files;
  /** Start from this commit's tree instead of the first parent's. */
  readonly tree?: string;
  readonly message?: string;
  /** Default: the branch's head. `[]` makes a root commit. */
  readonly parents?: readonly string[];
  /** Signs with it; without it the commit is unsigned. */
  readonly signer?: Signer;
  /** Whether the message ends in `Towline-Ref: <fleet>/main`. Default: whether it is signed. */
  readonly trailer?: boolean;
  /** Author and committer time, seconds since the epoch. Default: now. */
  readonly timeSec?: number;
  /** Branch to move to the new commit; `null` moves none. Default `main`. */
  readonly branch?: string | null;
}

export interface FleetRepository {
  readonly path: string;
  readonly fleet: string;
  commit(options?: CommitOptions): Promise<string>;
  /** Runs git in the repository and gives its output without the last newline. */
  git(args: readonly string[], options?: GitOptions): Promise<string>;
  /** Stores a raw object of this type and gives its id. */
  store(type: 'blob' | 'tree' | 'commit' | 'tag', bytes: Uint8Array | string): Promise<string>;
  head(branch?: string): Promise<string>;
  setBranch(id: string, branch?: string): Promise<void>;
  remove(): Promise<void>;
}

export interface GitOptions {
  readonly input?: Uint8Array | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: readonly string[];
}

/** An empty bare repository for a fleet of this name. */
export async function makeRepository(fleet = 'acme'): Promise<FleetRepository> {
  const path = await mkdtemp(join(tmpdir(), 'tl-repo-'));
  const git = (args: readonly string[], options: GitOptions = {}): Promise<string> =>
    runGit(path, args, options);
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1', '.']);
  const repository: FleetRepository = {
    path,
    fleet,
    git,
    commit: options => makeCommit(repository, options ?? {}),
    store: (type, input) => git(['hash-object', '-t', type, '--literally', '-w', '--stdin'], { input }),
    head: (branch = 'main') => git(['rev-parse', '--verify', `refs/heads/${branch}`]),
    setBranch: async (id, branch = 'main') => {
      await git(['update-ref', `refs/heads/${branch}`, id]);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
  return repository;
}

/**
 * A repository whose first commit, signed, has a policy in which `signer` alone is root, and `files`.
 * @returns the repository and the id of that commit: the anchor.
 */
export async function makeFleetRepository(options: {
  readonly signer: GpgKey | SshKey;
  readonly fleet?: string;
  readonly files?: Files;
  readonly timeSec?: number;
}): Promise<{ repository: FleetRepository; anchor: string }> {
  const repository = await makeRepository(options.fleet);
  const anchor = await repository.commit({
    parents: [],
    message: 'First commit of the fleet',
    signer: options.signer,
    files: { ...(await oneRootPolicy(repository.fleet, options.signer)), ...options.files },
    ...(options.timeSec === undefined ? {} : { timeSec: options.timeSec }),
  });
  return { repository, anchor };
}

/** Files of a policy in which this key, as principal `alice`, is root. */
export async function oneRootPolicy(fleet: string, key: GpgKey | SshKey): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let keys = '';
  if (key.kind === 'openpgp') {
    files['trust/keys/alice.asc'] = await key.publicKey();
    keys = 'openpgp: [trust/keys/alice.asc]';
  } else {
    keys = `ssh: ["${key.publicKey}"]`;
  }
  files['trust/policy.yaml'] = [
    'apiVersion: towline/v1',
    `fleet: ${fleet}`,
    'version: 1',
    'principals:',
    '  alice:',
    `    ${keys}`,
    'roles:',
    '  root:',
    '    principals: [alice]',
    '',
  ].join('\n');
  return files;
}

async function makeCommit(repository: FleetRepository, options: CommitOptions): Promise<string> {
  const branch = options.branch === undefined ? 'main' : options.branch;
  const parents = options.parents ?? [await repository.head(branch ?? 'main')];
  const tree = await makeTree(repository, options.tree ?? parents[0], options.files ?? {});
  const trailer = options.trailer ?? options.signer !== undefined;
  const message = `${options.message ?? 'Change'}\n${trailer ? `\nTowline-Ref: ${repository.fleet}/main\n` : ''}`;
  const time = `${options.timeSec ?? Math.floor(Date.now() / 1000)} +0000`;
  const id = await repository.git(
    [
      'commit-tree',
      ...(options.signer ? ['-S'] : ['--no-gpg-sign']),
      ...parents.flatMap(p => ['-p', p]),
      tree,
    ],
    {
      input: message,
      config: options.signer?.gitConfig ?? [],
      environment: { ...options.signer?.environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
    },
  );
  if (branch !== null) await repository.setBranch(id, branch);
  return id;
}

async function makeTree(
  repository: FleetRepository,
  base: string | undefined,
  files: Files,
): Promise<string> {
  if (Object.keys(files).length === 0 && base !== undefined)
    return repository.git(['rev-parse', `${base}^{tree}`]);
  const index = join(repository.path, `index-${crypto.randomUUID()}`);
  try {
    const lines: string[] = [];
    for (const [path, file] of Object.entries(files)) lines.push(await indexLine(repository, path, file));
    // One process for us to start, and not three.
    const steps = ['git update-index -z --index-info', 'git write-tree --missing-ok'];
    const script = [...(base === undefined ? [] : ['git read-tree "$1"']), ...steps].join(' && ');
    return await run(repository.path, ['sh', '-c', script, 'sh', base ?? ''], {
      environment: { GIT_INDEX_FILE: index },
      input: lines.join(''),
    });
  } finally {
    await rm(index, { force: true });
  }
}

async function indexLine(repository: FleetRepository, path: string, file: Files[string]): Promise<string> {
  if (file === null || file === undefined) return `0 ${'0'.repeat(40)}\t${path}\0`;
  const spec: FileSpec = typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file;
  const id = spec.id ?? (await storeBlob(repository.path, spec.content ?? ''));
  return `${spec.mode ?? '100644'} ${id}\t${path}\0`;
}

function runGit(path: string, args: readonly string[], options: GitOptions): Promise<string> {
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
