/** What a spool finds on the disk when it is opened. */
import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { namesIn } from '../../../core/io/file/durable-file.ts';
import { setAside } from './set-aside.ts';
import { readSpoolName, type SpoolEntry } from './spool-file.ts';

/** By the names alone: nothing is read, however many wait. What was cut off is removed, and what is no piece set aside. */
export async function foundEntries(telemetry: string): Promise<SpoolEntry[]> {
  const [folder, aside] = [path.join(telemetry, 'spool'), path.join(telemetry, 'set-aside')];
  const found = await lstat(folder).catch(() => undefined);
  // A link would have this agent write, and remove, somewhere else.
  if (found?.isDirectory() === false) await rm(folder, { force: true });
  const entries: SpoolEntry[] = [];
  for (const file of (await namesIn(folder)).sort()) {
    const entry = readSpoolName(file);
    if (entry !== undefined) entries.push(entry);
    else if (file.startsWith('.')) await rm(path.join(folder, file), { force: true, recursive: true });
    else await setAside(path.join(folder, file), aside);
  }
  return entries;
}
