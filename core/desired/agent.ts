/** Which agent a device should run, of those that root has listed. */
import { type AgentFile, type AgentPlatform, agentName } from '../agents/agent-version.ts';
import type { Problem } from '../errors.ts';
import { versionProblems } from '../fleet/agent-versions.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { type Reading, readAt } from '../fleet/load-device.ts';
import { agentVersionPath } from '../fleet/paths.ts';
import type { RolledApp } from '../rollout/rolled-out.ts';
import { type Standing, standingOf } from '../rollout/standing.ts';

export interface DesiredAgent extends Pick<Standing, 'rollout' | 'pin'> {
  readonly version: string;
  /** Of what that version writes down in its state; 0 where there are problems. */
  readonly stateFormat: number;
  /** By `linux/amd64` and the like; none where there are problems. */
  readonly platforms: Readonly<Record<string, AgentPlatform>>;
  readonly install?: AgentFile;
  /** Why the device stays with the agent that it has: nobody has listed the version, or two rollouts move it. */
  readonly problems: readonly Problem[];
}

/** @throws TowlineError when an object is missing or malformed */
export async function desiredAgent(
  layers: DeviceLayers,
  agent: RolledApp | undefined,
  { reader, commit }: Pick<Reading, 'reader' | 'commit'>,
): Promise<DesiredAgent | undefined> {
  const version = agent?.release;
  if (agent === undefined || version === undefined) return undefined;
  const problems: Problem[] = [];
  const path = agentVersionPath(version);
  const file = await readAt({ reader, commit, problems }, 'agents', path, {
    code: 'AGENT_VERSION_UNLISTED',
    message: `agent ${version}: ${path} does not list it`,
    position: { file: path },
  });
  if (file !== undefined) problems.push(...versionProblems(file));
  problems.push(...conflictProblems(layers, agent));
  const { rollout, pin } = standingOf(agent);
  const standing = { ...(rollout === undefined ? {} : { rollout }), ...(pin === undefined ? {} : { pin }) };
  if (file === undefined || problems.length > 0)
    return { version, stateFormat: 0, platforms: {}, ...standing, problems };
  const { stateFormat, platforms, install } = file.value;
  return {
    version,
    stateFormat,
    platforms,
    ...(install === undefined ? {} : { install }),
    ...standing,
    problems,
  };
}

function conflictProblems({ rollouts }: DeviceLayers, { conflict }: RolledApp): Problem[] {
  if (conflict === undefined) return [];
  const [first = ''] = conflict;
  const position = rollouts.get(agentName)?.get(first)?.locate('/stages', 'key') ?? { file: 'rollouts' };
  const message = `${conflict.join(' and ')} both move the agent: it stays`;
  return [{ code: 'ROLLOUT_CONFLICT', message, position }];
}
