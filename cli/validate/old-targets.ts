/** `tunnel.targets` moved to where targets stand now. */
import path from 'node:path';
import type { Document } from 'yaml';
import { oldPlace, oldTargets } from '../../core/check/old-targets.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { AccessFile } from '../../core/fleet/narrowest-access.ts';
import type { TunnelTarget } from '../../schemas/types.generated.ts';
import { editYaml } from '../desk/edit-yaml.ts';

const newPlace = ['access', 'targets'] as const;

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
