/** The oldest versions that are good enough (`requires` of fleet.yaml, groups, the device), and what is older. */
import type { Requires } from '../../../schemas/types.generated.ts';
import { olderThan } from '../../older-version.ts';

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
    olderThan('the engine', engine, requires.engine),
    olderThan('the kernel', host.kernel, requires.kernel),
    olderThan(host.os ?? 'the operating system', host.osVersion, os),
  ].filter(sentence => sentence !== undefined);
}
