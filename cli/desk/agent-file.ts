/** agent.yaml for a new device. */

import { stringify } from 'yaml';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { AgentFile, FleetFile } from '../../schemas/types.generated.ts';
import { git } from './git.ts';
import { remembered } from './remembered.ts';

export interface AgentFileOptions {
  readonly fleet: FleetFile;
  readonly device: string;
  readonly anchor: ObjectId;
  readonly stateDirectory: string | undefined;
}

export function agentFile({ fleet, device, anchor, stateDirectory }: AgentFileOptions): string {
  const value: AgentFile = {
    apiVersion: 'towline/v1',
    fleet: fleet.name,
    device,
    gateways: fleet.gateways,
    anchor,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
  };
  return `# Configuration of the agent on ${device}.\n${stringify(value, { lineWidth: 0 })}`;
}

/**
 * The commit that `towline init` made, as this clone remembers it; else the first one on the line of first parents.
 * @throws TowlineError CLI_GIT
 */
export async function fleetAnchor(directory: string): Promise<ObjectId> {
  const anchor = await remembered(directory, 'anchor');
  if (anchor !== undefined && /^[0-9a-f]{40}$/.test(anchor)) return anchor;
  const line = await git(['rev-list', '--first-parent', '--max-parents=0', 'HEAD'], { directory });
  return line.split('\n').at(-1) ?? '';
}
