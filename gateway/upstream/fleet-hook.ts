/** What a push to fleet.git must pass: the door of main, or, where a forge is mirrored, the word that main comes from there. */
import { join } from 'node:path';
import { trustedFileIn } from '../fleet/trusted-file.ts';
import { writeMainDoorHook } from '../git/main-door-hook.ts';
import type { UpdateHook } from '../git/update-hook.ts';
import { writeForgeOnlyHook } from './forge-only-hook.ts';

export interface FleetHookOptions {
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly fleet: string;
  /** First commit of the fleet. */
  readonly anchor: string;
  /** Undefined: no forge is mirrored. */
  readonly upstream: object | undefined;
  /** What becomes of a push to main that devices would not take. */
  readonly untrustedPushes: 'tell' | 'refuse';
}

/**
 * @param doorCommand Starts this program as the door of main.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE
 */
export function writeFleetHook(
  settings: FleetHookOptions,
  doorCommand: readonly string[],
): Promise<UpdateHook> {
  const { stateDirectory, upstream, fleetGit, anchor, fleet, untrustedPushes: untrusted } = settings;
  const folder = join(stateDirectory, 'hooks');
  if (upstream !== undefined) return writeForgeOnlyHook(folder);
  const trustedFile = trustedFileIn(stateDirectory);
  return writeMainDoorHook(folder, doorCommand, { fleetGit, anchor, fleet, trustedFile, untrusted });
}
