/** The files of a mirror in the working tree of the lab's clone: what was there and is no longer, goes. */
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MirroredFiles } from './mirrored-files.ts';

const modes = { '100644': 0o644, '100755': 0o755 } as const;

/** For git: all of it, whatever a `.gitignore` of production leaves out; its commit has it. */
export const stageAll = ['add', '--all', '--force'] as const;

/** Wins over each `.gitattributes` of production: bytes stay as its commit has them. */
const plainBytes = '* -text -eol -ident -filter -working-tree-encoding\n';

/**
 * @param folder a clone of the lab's own; all but its `.git` is replaced
 * @param kept folders at its top that stay as they are, whatever the mirror has there: who decides in the lab
 */
export async function replaceWorkingTree(
  folder: string,
  files: MirroredFiles,
  kept: ReadonlySet<string> = new Set(),
): Promise<void> {
  await mkdir(path.join(folder, '.git', 'info'), { recursive: true });
  await writeFile(path.join(folder, '.git', 'info', 'attributes'), plainBytes);
  for (const name of await readdir(folder))
    if (name !== '.git' && !kept.has(name))
      await rm(path.join(folder, name), { recursive: true, force: true });
  for (const [name, { mode, bytes }] of files) {
    if (kept.has(name.split('/')[0] ?? '')) continue;
    // Names come from git's own trees, read strictly: none leads out of the folder.
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes, { mode: modes[mode] });
    await chmod(file, modes[mode]);
  }
}
