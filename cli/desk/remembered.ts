/** What a clone remembers of its fleet, in git's own configuration. */
import { git } from './git.ts';

/** @returns undefined where it remembers none */
export async function remembered(
  directory: string,
  what: 'anchor' | 'telemetry' | 'operator',
): Promise<string | undefined> {
  const found = await git(['config', `towline.${what}`], { directory }).catch(() => '');
  return found === '' ? undefined : found;
}
