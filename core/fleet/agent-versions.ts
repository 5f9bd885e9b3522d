/** Versions of the agent that root has listed, as the files of a fleet speak of them. */

import type { AgentPart } from '../agents/agent-version.ts';
import type { Position, Problem } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import type { Fleet } from './fleet.ts';
import { agentVersionPath } from './paths.ts';
import type { CheckedFile } from './schema-check.ts';

/** A version that is chosen and stands in no file of root's. @param listed by version */
export function unlistedProblems(
  version: string,
  listed: ReadonlyMap<string, unknown>,
  position: () => Position,
): Problem[] {
  if (listed.has(version)) return [];
  const message = `${agentVersionPath(version)} does not list it${suggestion(version, listed.keys())}`;
  return [{ code: 'AGENT_VERSION_UNLISTED', message: `agent ${version}: ${message}`, position: position() }];
}

/** What such a file says against itself. */
export function versionProblems(file: CheckedFile<'agents'>): Problem[] {
  return Object.entries(file.value.platforms).flatMap(([platform, { parts }]) => {
    const message = partsProblem(parts);
    const position = file.locate(`/platforms/${platform.replaceAll('/', '~1')}/parts`);
    return message === undefined ? [] : [{ code: 'FLEET_SCHEMA' as const, message, position }];
  });
}

function partsProblem(parts: readonly AgentPart[]): string | undefined {
  const names = parts.map(({ name }) => name);
  if (!names.includes('agent')) return 'there is no part `agent`';
  return new Set(names).size < names.length ? 'two parts have one name' : undefined;
}

/** All that choose one, and the files that list them. @param listed by version, also where its file cannot be read */
export function agentProblems(fleet: Fleet, listed: ReadonlyMap<string, unknown>): Problem[] {
  const choosing = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  return [
    ...choosing.flatMap(file => {
      const version = file.value.agent?.version;
      return version === undefined
        ? []
        : unlistedProblems(version, listed, () => file.locate('/agent/version'));
    }),
    ...[...fleet.agents.values()].flatMap(versionProblems),
  ];
}
