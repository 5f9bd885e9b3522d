/** A signed commit that a verb makes beside the working tree: index and files of the clone stay as they are. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bytesOf, modeOf, type NewContent } from '../../core/change/new-content.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { git } from './git.ts';
import { signingArguments } from './signing-arguments.ts';

export interface CommitChange {
  readonly directory: string;
  /** Its tree is what changes, and it is the only parent. */
  readonly base: ObjectId;
  /** By path; null removes it. A file that is there keeps its mode, unless another one is given. */
  readonly files: ReadonlyMap<string, NewContent | null>;
  readonly message: string;
  /** As git takes it; undefined: the person's own configuration decides. */
  readonly key: string | undefined;
  /** Of a draft, whose signature nobody needs: only where the person has a key to sign with. */
  readonly mayBeUnsigned?: boolean;
}

/** @throws TowlineError CLI_SIGNING; CLI_GIT, also where git would not keep what else stands there; the signal's reason */
export async function signedCommit(
  { directory, base, files, message, key, mayBeUnsigned = false }: CommitChange,
  signal: AbortSignal,
): Promise<ObjectId> {
  const tree = await changedTree({ directory, base, files }, signal);
  const own = mayBeUnsigned ? await git(['config', 'user.signingkey'], { directory }).catch(() => '') : '';
  const isUnsigned = mayBeUnsigned && key === undefined && own === '';
  const { settings, sign } = isUnsigned ? { settings: [], sign: '--no-gpg-sign' } : signingArguments(key);
  try {
    return await git([...settings, 'commit-tree', sign, '-p', base, tree], {
      ...{ directory, input: message, interactive: true, signal },
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TowlineError('CLI_SIGNING', messageOf(cause), { cause });
  }
}

const noBlob = '0'.repeat(40);

async function changedTree(
  { directory, base, files }: Pick<CommitChange, 'directory' | 'base' | 'files'>,
  signal: AbortSignal,
): Promise<ObjectId> {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-index-'));
  const environment = { GIT_INDEX_FILE: path.join(folder, 'index') };
  const run = (args: readonly string[], input = '') => git(args, { directory, environment, input, signal });
  try {
    await run(['read-tree', base]);
    const modes = await modesOf(run);
    const ids = await blobsOf(files, folder, run);
    const lines = [...files].map(([file, content]) => {
      const id = ids.get(file);
      const given = content === null ? '0' : modeOf(content);
      const mode = given ?? modes.get(file) ?? '100644';
      return `${mode} ${id ?? noBlob}\t${file}\0`;
    });
    await run(['update-index', '--add', '-z', '--index-info'], lines.join(''));
    assertNothingElse(files, modes, await modesOf(run));
    return await run(['write-tree']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function modesOf(run: (args: readonly string[]) => Promise<string>): Promise<Map<string, string>> {
  const modes = new Map<string, string>();
  for (const line of (await run(['ls-files', '-z', '--stage', '--full-name'])).split('\0')) {
    const [, mode = '', file] = /^(\d+) [0-9a-f]+ \d\t(.+)$/s.exec(line) ?? [];
    if (file !== undefined) modes.set(file, mode);
  }
  return modes;
}

/**
 * git leaves out a path that it cannot have (`.git`), and takes a file away for a folder of its name: both in silence.
 * @throws TowlineError CLI_GIT
 */
function assertNothingElse(
  files: CommitChange['files'],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void {
  const lost = [...before.keys()].find(file => !files.has(file) && !after.has(file));
  if (lost !== undefined)
    throw new TowlineError('CLI_GIT', `${lost} would be lost: a folder of its name comes`);
  const missing = [...files].find(([file, content]) => after.has(file) === (content === null));
  if (missing !== undefined)
    throw new TowlineError('CLI_GIT', `git does not take the path ${JSON.stringify(missing[0])}`);
}

/** One process for all of them: a change may be of hundreds of files. */
async function blobsOf(
  files: CommitChange['files'],
  folder: string,
  run: (args: readonly string[], input: string) => Promise<string>,
): Promise<ReadonlyMap<string, ObjectId>> {
  const kept = [...files].flatMap(([file, content]) => (content === null ? [] : [{ file, content }]));
  if (kept.length === 0) return new Map();
  const places = kept.map((_file, index) => path.join(folder, `${index}`));
  for (const [index, { content }] of kept.entries()) await writeFile(places[index] ?? '', bytesOf(content));
  const args = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
  const ids = (await run(args, `${places.join('\n')}\n`)).split('\n');
  return new Map(kept.map(({ file }, index) => [file, ids[index] ?? '']));
}
