/** Files that root writes into the agent's folder belong to whom the folder belongs: the agent must read them. */
import { lchown, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Gives the folder and what lies in it to the owner of the folder above it, and nothing that a link of his leads to. Does nothing
 * unless root runs it.
 */
export async function giveToOwnerOf(above: string, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(above);
  const names = await readdir(folder, { recursive: true });
  for (const name of ['', ...names]) await lchown(path.join(folder, name), uid, gid);
}
