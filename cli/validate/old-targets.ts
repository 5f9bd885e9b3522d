/** `tunnel.targets`, which stood below `/tunnel` when targets were no part of `access`: it leads nowhere any more. */
import path from 'node:path';
import type { Document } from 'yaml';
import type { Problem } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { AccessFile } from '../../core/fleet/narrowest-access.ts';
import { longForm } from '../../core/fleet/tunnel.ts';
import { matchesGlob, parseGlob } from '../../core/trust/policy/glob.ts';
import { parsePointer } from '../../core/trust/policy/policy.ts';
import type { TunnelTarget } from '../../schemas/types.generated.ts';
import { editYaml } from '../desk/edit-yaml.ts';

const oldPlace = ['tunnel', 'targets'] as const;
const newPlace = ['access', 'targets'] as const;

interface OldTargets {
  readonly file: AccessFile;
  readonly targets: readonly TunnelTarget[];
}

function oldTargets(fleet: Fleet): OldTargets[] {
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

/**
 * Moves them in the files of the working tree. Nobody reaches more by it than they did while `tunnel.targets` counted:
 * where a file has both, what both name.
 * @returns paths of what was changed
 * @throws TowlineError as `editYaml`
 */
export async function moveOldTargets(fleet: Fleet, workTree: string): Promise<string[]> {
  const found = oldTargets(fleet);
  for (const { file, targets } of found)
    await editYaml(path.join(workTree, file.path), document => move(document, file, targets));
  return found.map(({ file }) => file.path);
}

function move(document: Document, file: AccessFile, targets: readonly TunnelTarget[]): void {
  const node: unknown = document.getIn(oldPlace, true);
  document.deleteIn(oldPlace);
  const present = file.value.access?.targets;
  const both = present?.filter(target => targets.some(old => isSame(old, target)));
  document.setIn(newPlace, both === undefined ? node : document.createNode(both));
}

function isSame(one: TunnelTarget, other: TunnelTarget): boolean {
  const hostOf = ({ host = '127.0.0.1' }: TunnelTarget) => host;
  return one.name === other.name && one.port === other.port && hostOf(one) === hostOf(other);
}
