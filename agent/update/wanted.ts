/** What is desired of the agent → what this device has to do for it. Pure. */
import { agentDigest } from '../../core/agents/agent-version.ts';
import type { DesiredAgent } from '../../core/desired/agent.ts';
import { packageSlot } from './slots.ts';
import type { WantedVersion } from './stage.ts';
import type { SetAside } from './update-file.ts';

/** What runs, and what a package has put there. */
export interface Here {
  /** As the platforms of trust/agents are named; undefined: there is no agent for this machine. */
  readonly platform: string | undefined;
  readonly slot: string;
  readonly version: string;
  /** Undefined: what a package has put there need not say. */
  readonly digest: string | undefined;
  /** Undefined where that is what runs, or it does not say. */
  readonly package: { readonly version: string; readonly digest: string | undefined } | undefined;
  /** Of what lies in the state directory. */
  readonly stateFormat: number;
}

export interface NamedVersion {
  readonly version: string;
  readonly digest: string;
}

/** A version that is to be put on trial: brought before, or one that a package has put there. */
export type Bringable =
  | ({ readonly kind: 'package' } & NamedVersion)
  | ({ readonly kind: 'version' } & WantedVersion);

export type Wish =
  /** It runs, or nothing is said of it. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'trouble';
      readonly version: string;
      readonly digest?: string;
      readonly code: string;
      readonly message: string;
    }
  | ({ readonly kind: 'refused'; readonly aside: SetAside } & NamedVersion)
  | Bringable;

export const namedOf = ({ version, digest }: NamedVersion): NamedVersion => ({ version, digest });

export function bringable(wish: Wish): Bringable | undefined {
  return wish.kind === 'package' || wish.kind === 'version' ? wish : undefined;
}

export function wishOf(agent: DesiredAgent | undefined, here: Here, setAside: readonly SetAside[]): Wish {
  if (agent === undefined) return { kind: 'nothing' };
  const { version, stateFormat } = agent;
  const [problem] = agent.problems;
  if (problem !== undefined)
    return { kind: 'trouble', version, code: problem.code, message: problem.message };
  const parts = here.platform === undefined ? undefined : agent.platforms[here.platform]?.parts;
  if (parts === undefined) {
    const message = `agent ${version} is not listed for ${here.platform ?? process.arch}`;
    return { kind: 'trouble', version, code: 'AGENT_UPDATE_PLATFORM', message };
  }
  const digest = agentDigest(parts);
  if (runs(here, version, digest)) return { kind: 'nothing' };
  const aside = setAside.find(each => each.digest === digest);
  if (aside !== undefined) return { kind: 'refused', version, digest, aside };
  if (stateFormat < here.stateFormat) {
    const message = `agent ${version} reads state of form ${stateFormat}, and form ${here.stateFormat} lies here`;
    return { kind: 'trouble', version, digest, code: 'AGENT_UPDATE_STATE', message };
  }
  const brought = here.package;
  const isThere = brought?.version === version && (brought.digest ?? digest) === digest;
  if (isThere) return { kind: 'package', version, digest };
  return { kind: 'version', version, digest, stateFormat, parts };
}

/** A package that does not say what its parts were is known by its version. */
function runs({ slot, version, digest }: Here, wanted: string, wantedDigest: string): boolean {
  if (digest !== undefined) return digest === wantedDigest;
  return slot === packageSlot && version === wanted;
}
