/** A program of another Debian suite, to run beside us: its package is unpacked into a cache folder. Nothing is installed. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { DebianSuite, type Suite } from './debian-suite.ts';

/**
 * Absolute path of the program.
 * @param file in the package
 * @throws Error where the package cannot be had
 */
export function suiteProgram(suite: Suite, packageName: string, file: string): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'towline');
  const folder = path.join(cache, `${packageName}-${suite}`);
  const program = path.join(folder, file);
  if (existsSync(program)) return program;
  const temporary = `${folder}.${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    const unpacked = path.join(temporary, 'unpacked');
    new DebianSuite(suite, temporary).unpack([packageName], unpacked);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return program;
}
