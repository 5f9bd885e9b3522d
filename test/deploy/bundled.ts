/** What ships, in a folder of a test's own. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../../scripts/bundle.ts';

/** As `npm test` has bundled it, where it has. @returns the folder in which it was made */
export async function bundled(folder: string): Promise<string> {
  const { TOWLINE_PROGRAMS: made } = process.env;
  if (made === undefined) {
    await bundle(folder);
    return folder;
  }
  const forShells = path.join(made, 'bin');
  cpSync(made, folder, { recursive: true, filter: file => file !== forShells });
  return made;
}
