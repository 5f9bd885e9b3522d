/** Versions of the agent that a test's fleet lists, with bytes that are made up. */
import { createHash } from 'node:crypto';
import { loadFleet } from '../../../core/fleet/load.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { exampleFleet, repositoryOf } from '../../core/fleet/example-fleet.ts';
import type { TestDevice } from '../rig/gateway.ts';

export interface MadeFile {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Other bytes for another mark. */
export function madeFile(length: number, mark: string): MadeFile {
  const bytes = Buffer.alloc(length, mark);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export interface MadeVersion {
  readonly agent: MadeFile;
  readonly install?: MadeFile;
}

/** As trust/agents/VERSION.yaml has it. */
export const versionText = ({ agent, install }: MadeVersion): string =>
  [
    'apiVersion: towline/v1',
    'stateFormat: 1',
    ...(install === undefined
      ? []
      : [`install: { sha256: "${install.sha256}", bytes: ${install.bytes.length} }`]),
    'platforms:',
    '  linux/amd64:',
    `    parts: [{ name: agent, sha256: "${agent.sha256}", bytes: ${agent.bytes.length} }]`,
    '',
  ].join('\n');

/** What a gateway sees of a fleet that lists these. @param chosen in fleet.yaml */
export async function listingView(
  devices: readonly TestDevice[],
  versions: Readonly<Record<string, MadeVersion>>,
  chosen?: string,
): Promise<FleetView> {
  const choice = chosen === undefined ? '' : `agent: { version: "${chosen}" }\n`;
  const { reader, commit } = repositoryOf({
    'fleet.yaml': `${exampleFleet['fleet.yaml']}${choice}`,
    ...Object.fromEntries(
      Object.entries(versions).map(([version, made]) => [`trust/agents/${version}.yaml`, versionText(made)]),
    ),
  });
  const { fleet } = await loadFleet(reader, commit);
  if (fleet === undefined) throw new Error('a fleet that cannot be read');
  return new FleetView({
    ...{ commit, fleet: fleet.file.value, whole: fleet },
    devices: devices.map(({ view }) => view),
    operators: [],
    desiredTunnel: () => undefined,
  });
}

export async function* piecesOf(bytes: Buffer, size = 65_536): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
