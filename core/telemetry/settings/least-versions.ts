/** The oldest versions that are good enough (`requires` of fleet.yaml, groups, the device), and what is older. */
import type { Requires } from '../../../schemas/types.generated.ts';

/** What a device runs on. */
export interface HostVersions {
  /** ID and VERSION_ID of os-release. */
  readonly os: string | undefined;
  readonly osVersion: string | undefined;
  /** For a person. */
  readonly osName: string | undefined;
  /** Release of the kernel, such as `6.1.0-28-arm64`. */
  readonly kernel: string;
  readonly architecture: string;
}

/**
 * One sentence for each that is older than it must be.
 * @param engine undefined: not known, and not judged
 */
export function outdated(requires: Requires, host: HostVersions, engine: string | undefined): string[] {
  const os = host.os === undefined ? undefined : requires.os?.[host.os];
  return [
    older('the engine', engine, requires.engine),
    older('the kernel', host.kernel, requires.kernel),
    older(host.os ?? 'the operating system', host.osVersion, os),
  ].filter(sentence => sentence !== undefined);
}

function older(what: string, version: string | undefined, least: string | undefined): string | undefined {
  if (version === undefined || version === '' || least === undefined) return undefined;
  return isOlder(version, least) ? `${what} is ${version}, at least ${least} is wanted` : undefined;
}

/** By its numbers from the left; what follows them (`-28-arm64`, `+dfsg1`) is a build. A version without any is not judged. */
function isOlder(version: string, least: string): boolean {
  const numbers = /^\d{1,9}(?:\.\d{1,9})*/.exec(version)?.[0].split('.').map(Number);
  if (numbers === undefined) return false;
  for (const [index, wanted] of least.split('.').map(Number).entries()) {
    const has = numbers[index] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
