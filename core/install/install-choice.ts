/** Which script installs a device: of the agent that its files choose, among those that root has listed. */
import { newestVersion } from '../agents/version-order.ts';
import { TowlineError } from '../errors.ts';
import { type Fleet, inOrder } from '../fleet/fleet.ts';
import { agentVersionPath } from '../fleet/paths.ts';

export interface InstallChoice {
  readonly version: string;
  /** Of the script. */
  readonly sha256: string;
  readonly gateways: readonly string[];
}

/** Fleet, groups, device: the narrowest that chooses. A rollout that moves the device later brings it on by itself. */
function chosenVersion(
  fleet: Fleet,
  id: string,
  groupNames: readonly string[] | undefined,
): string | undefined {
  const device = fleet.devices.get(id);
  const names = groupNames ?? device?.value.groups ?? [];
  const groups = inOrder(names.map(name => fleet.groups.get(name)).filter(group => group !== undefined));
  const choices = [
    fleet.file.value,
    ...groups.map(({ value }) => value),
    ...(device === undefined ? [] : [device.value]),
  ];
  return choices.findLast(({ agent }) => agent !== undefined)?.agent?.version;
}

/**
 * @param groups of a device that is yet to be written; undefined: those that its file names
 * @throws TowlineError CLI_USAGE where nothing is listed, or it has no script; AGENT_VERSION_UNLISTED
 */
export function installChoice(
  fleet: Fleet,
  id: string,
  groups: readonly string[] | undefined,
): InstallChoice {
  const version = chosenVersion(fleet, id, groups) ?? newestVersion(fleet.agents.keys());
  if (version === undefined)
    throw new TowlineError(
      'CLI_USAGE',
      'there is no agent to install: list one below trust/agents (towline agents add), and choose it by `agent:` in fleet.yaml',
    );
  const listed = fleet.agents.get(version);
  if (listed === undefined)
    throw new TowlineError(
      'AGENT_VERSION_UNLISTED',
      `agent ${version}: ${agentVersionPath(version)} does not list it`,
    );
  const { install } = listed.value;
  if (install === undefined)
    throw new TowlineError(
      'CLI_USAGE',
      `${listed.path} has no \`install\`: that version has no install script`,
    );
  return {
    version,
    sha256: install.sha256,
    gateways: fleet.file.value.gateways.map(({ address }) => address),
  };
}
