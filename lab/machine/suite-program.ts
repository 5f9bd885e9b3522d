/** A program of another Debian suite, to run beside us: its package is unpacked into a cache folder. Nothing is installed. */
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite, type Suite } from './debian-suite.ts';

/**
 * Absolute path of the program.
 * @param file in the package
 * @throws Error where the package cannot be had
 */
export function suiteProgram(suite: Suite, packageName: string, file: string): string {
  const folder = cachedFolder(`${packageName}-${suite}`, (made, scratch) =>
    new DebianSuite(suite, scratch).unpack([packageName], made),
  );
  return path.join(folder, file);
}
