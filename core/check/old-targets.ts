/** `tunnel.targets`, which stood below `/tunnel` when targets were no part of `access`: it leads nowhere any more. */

import type { TunnelTarget } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AccessFile } from '../fleet/narrowest-access.ts';
import { longForm } from '../fleet/tunnel.ts';
import { matchesGlob, parseGlob } from '../trust/policy/glob.ts';
import { parsePointer } from '../trust/policy/policy.ts';

export const oldPlace = ['tunnel', 'targets'] as const;

export interface OldTargets {
  readonly file: AccessFile;
  readonly targets: readonly TunnelTarget[];
}

export function oldTargets(fleet: Fleet): OldTargets[] {
  const files: readonly AccessFile[] = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  return files.flatMap(file => {
    const { tunnel } = file.value;
    const targets = tunnel === undefined ? undefined : longForm(tunnel).targets;
    return targets === undefined ? [] : [{ file, targets }];
  });
}

/** Each file with some, and the rule whose people were once able to lead anywhere by them. */
export function oldTargetWarnings(fleet: Fleet): Problem[] {
  return oldTargets(fleet).map(({ file }) => {
    const rule = ruleFor(fleet, file.path);
    const covered = rule === undefined ? '' : `rule ${rule} of the policy covers it, and `;
    const message = `${covered}it adds no target any more: \`towline validate --fix\` moves it to access.targets`;
    return { code: 'FLEET_TUNNEL_TARGETS_OLD', message, position: file.locate('/tunnel/targets', 'key') };
  });
}

/** The first rule by field for this file that covers them, from 1. */
function ruleFor({ policy }: Fleet, file: string): number | undefined {
  const found = (policy?.value.rules ?? []).findIndex(
    ({ paths, only = [] }) =>
      only.some(pointer => parsePointer(pointer).every((token, index) => token === oldPlace[index])) &&
      paths.some(glob => matchesGlob(parseGlob(glob), file)),
  );
  return found < 0 ? undefined : found + 1;
}
