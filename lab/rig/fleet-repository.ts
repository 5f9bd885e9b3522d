/** Real git repositories with really signed commits, such as git's own plumbing builds. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { isObjectId, type ObjectSource } from '../../core/trust/git/object-source.ts';
import type { GpgKey, Signer, SshKey } from './keys.ts';
import { readBranch, readLoose, storeObject, writeBranch } from './loose-object.ts';
import { makePlainCommit, makePlainTree, type TreeEntry, treeOf } from './made-commit.ts';
import { commitTree, type GitOptions, runGit, writeTree } from './repository-git.ts';

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

export interface FleetRepository extends ObjectSource {
  readonly path: string;
  readonly fleet: string;
  commit(options?: CommitOptions): Promise<string>;
  /** Runs git in the repository and gives its output without the last newline. */
  git(args: readonly string[], options?: GitOptions): Promise<string>;
  /** Stores a raw object of this type and gives its id. */
  store(type: 'blob' | 'tree' | 'commit' | 'tag', bytes: Uint8Array | string): Promise<string>;
  head(branch?: string): Promise<string>;
  setBranch(id: string, branch?: string): Promise<void>;
  /** Another with the same objects and branches. */
  copy(): Promise<FleetRepository>;
  remove(): Promise<void>;
}

/** An empty bare repository for a fleet of this name: what `git init --bare` makes, but for samples of hooks. */
export async function makeRepository(fleet = 'acme'): Promise<FleetRepository> {
  const path = await mkdtemp(join(tmpdir(), 'tl-repo-'));
  for (const folder of ['hooks', 'info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
  const config = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';
  await writeFile(join(path, 'config'), config);
  return repositoryIn(path, fleet);
}

function repositoryIn(path: string, fleet: string): FleetRepository {
  const git = (args: readonly string[], options: GitOptions = {}): Promise<string> =>
    runGit(path, args, options);
  const repository: FleetRepository = {
    path,
    fleet,
    git,
    commit: options => makeCommit(repository, options ?? {}),
    read: async (id, maxBytes = Number.POSITIVE_INFINITY) => {
      const loose = await readLoose(path, id);
      if (loose !== undefined && loose.bytes.length <= maxBytes) return loose;
      await using source = new GitCatFileSource(path);
      return await source.read(id, maxBytes);
    },
    store: (type, input) => storeObject(path, type, input),
    head: async (branch = 'main') =>
      (await readBranch(path, branch)) ?? (await git(['rev-parse', '--verify', `refs/heads/${branch}`])),
    setBranch: async (id, branch = 'main') => {
      // git takes other names than ids, refuses what is no commit, and waits for a lock.
      const isCommit = isObjectId(id) && (await readLoose(path, id))?.type === 'commit';
      if (!(isCommit && (await writeBranch(path, branch, id))))
        await git(['update-ref', `refs/heads/${branch}`, id]);
    },
    copy: async () => {
      const copied = await mkdtemp(join(tmpdir(), 'tl-repo-'));
      await cp(path, copied, { recursive: true });
      return repositoryIn(copied, fleet);
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
  const timeSec = options.timeSec ?? Math.floor(Date.now() / 1000);
  const sign = options.signer?.sign;
  const isPlain = options.signer === undefined || sign !== undefined;
  const id =
    (isPlain
      ? await makePlainCommit(repository.path, { tree, parents, timeSec, message, sign })
      : undefined) ?? (await commitTree(repository.path, { ...options, tree, parents, timeSec, message }));
  if (branch !== null) await repository.setBranch(id, branch);
  return id;
}

async function makeTree(
  repository: FleetRepository,
  base: string | undefined,
  files: Files,
): Promise<string> {
  const plain = base === undefined ? undefined : await treeOf(repository.path, base);
  if (Object.keys(files).length === 0 && base !== undefined)
    return plain ?? (await repository.git(['rev-parse', `${base}^{tree}`]));
  const changes = new Map<string, TreeEntry | null>();
  for (const [path, file] of Object.entries(files)) changes.set(path, await treeEntry(repository, file));
  const made =
    base === undefined || plain !== undefined
      ? await makePlainTree(repository.path, plain, changes)
      : undefined;
  return made ?? (await writeTree(repository.path, base, changes));
}

async function treeEntry(repository: FleetRepository, file: Files[string]): Promise<TreeEntry | null> {
  if (file === null || file === undefined) return null;
  const spec: FileSpec = typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file;
  const id = spec.id ?? (await repository.store('blob', spec.content ?? ''));
  return { mode: spec.mode ?? '100644', id };
}
