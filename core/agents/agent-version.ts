/** A version of the agent: per platform the parts that it is made of, each known by its hash. The same bytes serve updates, installs and the stick. */
import { canonicalHash } from '../canonical-json.ts';

/** A `.tar.gz`. */
export interface AgentPart {
  readonly name: 'node' | 'agent' | 'helper';
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface AgentPlatform {
  readonly parts: readonly AgentPart[];
}

/** A file that is one, and no archive of several: the install script. */
export interface AgentFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Among rollouts, and wherever apps have names, the agent has this one, which no app can have. */
export const agentName = '_agent';

/** @returns `sha256:…` of the parts: what an agent is set aside by */
export const agentDigest = (parts: readonly AgentPart[]): string =>
  `sha256:${canonicalHash(parts.map(({ name, sha256, bytes }) => ({ name, sha256, bytes })))}`;

const platforms: Readonly<Record<string, string>> = {
  x64: 'linux/amd64',
  arm64: 'linux/arm64',
  arm: 'linux/arm/v7',
};

/** @param arch as Node's `process.arch` has it @returns `linux/amd64`; undefined: there is no agent for it */
export const agentPlatform = (arch: string): string | undefined =>
  Object.hasOwn(platforms, arch) ? platforms[arch] : undefined;
