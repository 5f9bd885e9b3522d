/** What a change would do to files, as git shows it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Changes, FilesAt } from '../../core/change/changed-files.ts';
import { bytesOf } from '../../core/change/new-content.ts';
import { maxProjectFileBytes } from '../../core/fleet/limits.ts';
import { git } from '../desk/git.ts';

/**
 * In a repository, in which temporary files may lie, git would go by attributes: those that the change brings could say that
 * there is nothing to see.
 */
const noAttributes = ['-c', 'core.attributesFile=/dev/null'] as const;

/** @returns a unified diff, '' where nothing differs. @throws TowlineError CLI_GIT; the signal's reason */
export async function unifiedDiff(
  { files, commit }: FilesAt,
  changes: Changes,
  signal: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-diff-'));
  try {
    for (const side of ['a', 'b']) await mkdir(path.join(folder, side));
    for (const [file, after] of changes) {
      const before = await files.fileAt(commit, file, maxProjectFileBytes);
      if (before !== undefined) await put(path.join(folder, 'a', file), before.bytes);
      if (after !== null) await put(path.join(folder, 'b', file), bytesOf(after));
    }
    const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--find-renames', '--no-prefix'];
    const args = [...noAttributes, 'diff', '--no-index', ...plain, '--', 'a', 'b'];
    const environment = {
      LC_ALL: 'C',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: path.dirname(folder),
    };
    const text = await git(args, { directory: folder, signal, otherCode: 1, environment });
    // Its headings, for which `--no-index` takes the folders: with both sides of a file that comes or goes, and by their own names.
    return text
      .replace(/^(rename (?:from|to) "?)[ab]\//gm, '$1')
      .replace(/^diff --git ("?)[ab]\/(.+) "?[ab]\/\2$/gm, 'diff --git $1a/$2 $1b/$2');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function put(file: string, content: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}
