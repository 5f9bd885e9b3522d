/**
 * Installs the git hooks of a fleet repository. Nothing is written outside the clone, and nobody's hook is touched:
 * where git looks elsewhere, or somebody's hook is there, the clone gets a folder of its own from which that is called.
 */
import { chmod, lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Terminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { hookMark, type KeptHook, passedOn, prePushHook, signersHook, trailerHook } from './hook-scripts.ts';
import { writeSigners } from './signers.ts';

export interface InstalledHooks {
  /** What towline's own hooks are called. */
  readonly names: readonly string[];
  readonly folder: string;
  /** Hooks of others that are called, by their paths. */
  readonly called: readonly string[];
}

/** `git am` runs applypatch-msg where others run commit-msg. */
const ownNames = ['applypatch-msg', 'commit-msg', 'prepare-commit-msg', 'pre-push'] as const;

/** After these another policy may be checked out. They are told of no more than the others. */
const signersNames = ['post-checkout', 'post-commit', 'post-merge', 'post-rewrite'] as const;

/** What git runs in a clone, and may be there later; a hook of these that does nothing changes nothing. */
const passedNames = ['post-applypatch', 'pre-applypatch', 'pre-commit', 'pre-merge-commit', 'pre-rebase'];

/** Where git looks for hooks in a clone, and who says so. */
interface Place {
  readonly workTree: string;
  /** The clone's own, `.git/hooks`. */
  readonly plain: string;
  /** The folder that towline makes beside it. */
  readonly beside: string;
  /** `core.hooksPath` in force, but for ours. */
  readonly stated?: { readonly scope: string; readonly value: string };
  readonly isBesideInForce: boolean;
}

/**
 * Writes the hooks into the repository.
 * @param towline path of the command, as the check before a push runs it
 */
export async function installHooks(
  directory: string,
  fleet: string,
  towline: string,
): Promise<InstalledHooks> {
  const place = await placeOf(directory);
  const isBeside = await mustBeBeside(place);
  const kept: KeptHook = isBeside ? 'folder' : 'none';
  const folder = isBeside ? place.beside : place.plain;
  const theirs = isBeside ? await hooksOf(previousFolder(place)) : [];
  const scripts = new Map<string, string>();
  if (isBeside) for (const name of [...passedNames, ...theirs]) scripts.set(name, passedOn(name));
  for (const name of ownNames) {
    scripts.set(name, name === 'pre-push' ? prePushHook(towline, kept) : trailerHook(name, fleet, kept));
  }
  for (const name of signersNames) scripts.set(name, signersHook(name, towline, kept));
  await mkdir(folder, { recursive: true });
  for (const [name, text] of scripts) await writeHook(path.join(folder, name), text);
  if (isBeside) await look(place);
  await writeSigners(place.workTree);
  const called = theirs.map(name => path.join(previousFolder(place), name));
  return { names: ownNames, folder, called };
}

export function showHooks(
  terminal: Terminal,
  { names, folder, called }: InstalledHooks,
  title: string,
): void {
  terminal.line(`${title}: ${names.join(', ')}`);
  if (called.length === 0) return;
  terminal.line(
    `git looks for hooks in ${folder} now, in this clone alone; still called: ${called.join(', ')}`,
  );
}

async function placeOf(directory: string): Promise<Place> {
  const asked = (...args: string[]) => git(args, { directory }).catch(() => '');
  const workTree = await git(['rev-parse', '--show-toplevel'], { directory });
  const common = await realpath(
    path.resolve(directory, await git(['rev-parse', '--git-common-dir'], { directory })),
  );
  const beside = path.join(common, 'towline-hooks');
  const lines = await asked('config', '--show-scope', '--type=path', '--get-all', 'core.hooksPath');
  const settings = lines
    .split('\n')
    .map(line => ({ scope: line.split('\t')[0] ?? '', value: line.slice(line.indexOf('\t') + 1) }))
    .filter(({ scope, value }) => value !== '' && scope !== 'command');
  // By its name: a clone may have been moved since.
  const ours = settings.map(({ value }) => path.basename(value) === path.basename(beside));
  const remembered = await asked('config', '--type=path', 'towline.hooksPath');
  const others = settings.filter((_, index) => ours[index] !== true);
  const inForce = ours.at(-1) === true;
  const stated = inForce && remembered !== '' ? { scope: 'remembered', value: remembered } : others.at(-1);
  return {
    workTree,
    plain: path.join(common, 'hooks'),
    beside,
    isBesideInForce: inForce,
    ...(stated === undefined ? {} : { stated }),
  };
}

const isSame = async (one: string, other: string): Promise<boolean> => (await whereItIs(one)) === other;

/** The path without links; itself where nothing is there. */
const whereItIs = (name: string): Promise<string> => realpath(name).catch(() => name);

function previousFolder({ stated, plain, workTree }: Place): string {
  return stated === undefined ? plain : path.resolve(workTree, stated.value);
}

/** Whether git looks elsewhere than in the clone's own folder, or hooks of others are there under our names. */
async function mustBeBeside(place: Place): Promise<boolean> {
  if (place.isBesideInForce || !(await isSame(previousFolder(place), place.plain))) return true;
  const foreign = await Promise.all(
    [...ownNames, ...signersNames].map(name => isForeign(path.join(place.plain, name))),
  );
  return foreign.includes(true);
}

/** A link is somebody's, whatever it leads to. */
async function isForeign(file: string): Promise<boolean> {
  const status = await lstat(file).catch(() => undefined);
  if (status === undefined) return false;
  return !status.isFile() || !(await readFile(file, 'utf8')).includes(hookMark);
}

/** Names of the hooks of others in a folder, as git would run them. */
async function hooksOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (/^[a-z0-9-]+$/.test(name) && text !== undefined && !text.includes(hookMark)) names.push(name);
  }
  return names;
}

/** Not through a link, and not into a file that others have under another name. */
async function writeHook(file: string, text: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, text, { flag: 'wx' });
  await chmod(file, 0o755);
}

/** Tells git to look into our folder, in this clone alone, and remembers what the clone itself said before. */
async function look({ workTree: directory, beside, plain, stated, isBesideInForce }: Place): Promise<void> {
  const where = stated?.scope === 'worktree' ? '--worktree' : '--local';
  if (!isBesideInForce) {
    const isClones = stated?.scope === 'worktree' || stated?.scope === 'local';
    if (isClones) await git(['config', where, 'towline.hooksPath', stated.value], { directory });
    else await git(['config', where, '--unset-all', 'towline.hooksPath'], { directory }).catch(() => '');
  }
  await git(['config', where, 'core.hooksPath', beside], { directory });
  // From a time when nobody else's were there: they would be called once more.
  if (!(await isSame(plain, plain))) return;
  for (const name of [...ownNames, ...signersNames]) {
    const file = path.join(plain, name);
    const status = await lstat(file).catch(() => undefined);
    if (status?.isFile() === true && !(await isForeign(file))) await rm(file);
  }
}
