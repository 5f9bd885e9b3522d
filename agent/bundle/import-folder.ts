/**
 * What was imported, on the disk of the device: `<stateDirectory>/import/`. A bundle is a folder of its own there; the file
 * `current` names the one that counts, and is written once that is whole.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type BundleContents, readContents } from '../../core/bundle/contents.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import {
  makeFolderDurably,
  namesIn,
  readBounded,
  removeDurably,
  syncFolder,
  writeDurably,
} from '../../core/io/file/durable-file.ts';
import { type GitBundleHeader, gitBundleHeaderOf } from '../../core/io/git/git-bundle.ts';

/** A bundle that came whole. Nothing in it is trusted. */
export interface ImportedBundle {
  /** Of its folder. */
  readonly name: string;
  readonly contents: BundleContents;
  readonly git: GitBundleHeader & { readonly packAt: number; readonly file: string };
  /** Where the manifest or layer of this digest lies, if it is in the bundle. */
  fileOf(digest: string): string;
}

const namePattern = /^b-[0-9a-f]{16}$/;
const maxContentsBytes = 4 * 1024 * 1024;

export class ImportFolder {
  readonly path: string;
  #open: ImportedBundle | undefined;

  constructor(stateDirectory: string) {
    this.path = path.join(stateDirectory, 'import');
  }

  /** The bundle that counts now. @throws TowlineError BUNDLE_FORMAT, GIT_SHA256 where it is not what was written */
  async current(): Promise<ImportedBundle | undefined> {
    const name = await this.named();
    if (name === undefined) this.#open = undefined;
    else if (this.#open?.name !== name) this.#open = await this.#read(name);
    return this.#open;
  }

  /** A new folder, which nothing names yet. */
  async begin(): Promise<string> {
    const folder = path.join(this.path, `b-${randomBytes(8).toString('hex')}`);
    await makeFolderDurably(folder);
    return folder;
  }

  /** From now on this folder counts, which is whole and durable, and the one before is gone. */
  async use(folder: string): Promise<void> {
    await syncFolder(folder);
    // Root may write it for the agent's user: it holds a name, no more.
    await writeDurably(this.#pointer, `${path.basename(folder)}\n`, { mode: 0o644 });
    await this.sweep();
  }

  /** What was imported can bring nothing any more. Nothing happens where another bundle counts by now. */
  async remove(name: string): Promise<void> {
    if ((await this.named()) === name) await removeDurably(this.#pointer);
    await this.sweep();
  }

  /** Removes what nothing names: what was cut off has left it. Nobody may be importing. */
  async sweep(): Promise<void> {
    const named = await this.named();
    const left = (await namesIn(this.path)).filter(name => name !== named && isOurs(name));
    for (const name of left) await rm(path.join(this.path, name), { recursive: true, force: true });
  }

  /** Whether there is something that nothing names. */
  async isLittered(): Promise<boolean> {
    const named = await this.named();
    return (await namesIn(this.path)).some(name => name !== named && isOurs(name));
  }

  get #pointer(): string {
    return path.join(this.path, 'current');
  }

  /** The folder that counts. */
  async named(): Promise<string | undefined> {
    const name = (await readBounded(this.#pointer, 64))?.toString('latin1').trim();
    return name !== undefined && namePattern.test(name) ? name : undefined;
  }

  async #read(name: string): Promise<ImportedBundle> {
    const folder = path.join(this.path, name);
    const bytes = await readBounded(path.join(folder, 'contents'), maxContentsBytes);
    if (bytes === undefined) throw new TowlineError('BUNDLE_FORMAT', `${folder} is no bundle`);
    const contents = readContents(bytes);
    const file = path.join(folder, 'git');
    const git = { ...(await headerOf(file)), file };
    return { name, contents, git, fileOf: digest => path.join(folder, digest.slice('sha256:'.length)) };
  }
}

const isOurs = (name: string): boolean => namePattern.test(name) || name.endsWith('.tmp');

/** @throws TowlineError BUNDLE_FORMAT where the file cannot be opened, too */
async function headerOf(file: string): Promise<Awaited<ReturnType<typeof gitBundleHeaderOf>>> {
  try {
    return await gitBundleHeaderOf(file);
  } catch (cause) {
    if (isTowlineError(cause)) throw cause;
    throw new TowlineError('BUNDLE_FORMAT', `${file} cannot be read`, { cause });
  }
}

/** It is not what was written: nobody can make use of it. */
export function isUnreadable(error: unknown): error is TowlineError {
  return isTowlineError(error) && ['BUNDLE_FORMAT', 'GIT_SHA256'].includes(error.code);
}
