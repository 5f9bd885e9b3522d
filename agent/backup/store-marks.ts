/** Beside the manifest of a backup: which stores have a copy of it. */
import path from 'node:path';
import { namesIn } from '../../core/io/file/durable-file.ts';

const folderName = 'stores';
const ending = '.json';

export const storeMark = (backupFolder: string, store: string): string =>
  path.join(backupFolder, folderName, `${store}${ending}`);

/** Names of the stores that have a whole copy, sorted. */
export async function storesWithCopy(backupFolder: string): Promise<string[]> {
  const names = await namesIn(path.join(backupFolder, folderName));
  return names
    .filter(name => name.endsWith(ending) && !name.startsWith('.'))
    .map(name => name.slice(0, -ending.length))
    .sort();
}
