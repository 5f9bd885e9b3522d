/** The parts of agents that a bundle brings: of the version that each of its devices is to run, for its platform, where it runs another. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { AgentPart } from '../agents/agent-version.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import type { BundleEntry } from './table.ts';

const partType = 'application/vnd.towline.agent-part.v1.tar+gzip';

/** @param reported by device, as its key has signed it; who has said nothing gets the parts of all platforms */
export function wantedAgentParts(
  fleet: Fleet,
  devices: readonly string[],
  reported: ReadonlyMap<string, StatusFile>,
): AgentPart[] {
  const found = new Map<string, AgentPart>();
  for (const id of devices)
    for (const part of partsFor(fleet, id, reported.get(id))) found.set(part.sha256, part);
  return [...found.values()].sort((left, right) => (left.sha256 < right.sha256 ? -1 : 1));
}

function partsFor(fleet: Fleet, id: string, status: StatusFile | undefined): AgentPart[] {
  const layers = layersOf(fleet, id);
  const version = layers === undefined ? undefined : rolledOut(layers, byCommit).agent?.release;
  const platforms = version === undefined ? undefined : fleet.agents.get(version)?.value.platforms;
  if (platforms === undefined || status?.agent.version === version) return [];
  const platform = status?.agent.platform;
  return Object.entries(platforms).flatMap(([name, { parts }]) =>
    platform === undefined || name === platform ? parts : [],
  );
}

/** As they stand in its table, behind the layers of images. */
export const agentEntry = ({ sha256, bytes }: Pick<AgentPart, 'sha256' | 'bytes'>): BundleEntry => ({
  ...{ kind: 'blob', mediaType: partType, digest: `sha256:${sha256}`, size: bytes },
});

/** What its contents say of them; nothing where there are none: so are bundles that older programs read. */
export const agentsNamed = (
  parts: readonly Pick<AgentPart, 'sha256'>[],
): { readonly format: 1 } | { readonly format: 2; readonly agents: readonly string[] } =>
  parts.length === 0
    ? { format: 1 }
    : { format: 2, agents: parts.map(({ sha256 }) => `sha256:${sha256}`).sort() };
