/** The parts of agents that a bundle brings, out of folders of packages: those that its devices want and lack. */
import { wantedAgentParts } from '../../core/bundle/agent-parts.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { openPackageFolder, type PackagedFile } from '../agents/package-folder.ts';
import type { Chosen } from './chosen-devices.ts';
import type { CreateOptions } from './create-options.ts';

/** @throws TowlineError AGENT_FOLDER_UNUSABLE. Hashes are compared as the bundle is written. */
export async function carriedAgents(
  fleet: Fleet,
  { devices, reported }: Pick<Chosen, 'devices' | 'reported'>,
  { agents = [] }: Pick<CreateOptions, 'agents'>,
): Promise<{ readonly files: readonly PackagedFile[]; readonly notes: readonly string[] }> {
  const ids = devices.map(({ id }) => id);
  const wanted = wantedAgentParts(fleet, ids, reported);
  const here = new Map<string, PackagedFile>();
  for (const folder of agents)
    for (const file of (await openPackageFolder(folder)).files) here.set(file.sha256, file);
  const files = wanted.flatMap(({ sha256 }) => here.get(sha256) ?? []);
  const left = wanted.length - files.length;
  const notes =
    left === 0 ? [] : [`${left} parts of an agent that is to run there are not in it: --agents FOLDER`];
  return { files, notes };
}
