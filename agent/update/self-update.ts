/** How the rest of the agent sees its own updates: what is said of them, and when another version is to be started. */
import type { DesiredAgent } from '../../core/desired/agent.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { version as ownVersion } from '../../core/version.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { PassFacts } from '../pass/pass-facts.ts';

export type UpdateStatus = NonNullable<StatusFile['agent']['update']>;

/** What an agent lends to its updates, once it is wired. */
export interface UpdateNeeds {
  readonly dialler: Pick<Dialler, 'request'>;
  /** Where a bundle that was carried here has the bytes of this hash; undefined: none has. */
  readonly carried: (sha256: string) => string | undefined;
  /** Whether people are in, by the tunnel. */
  readonly isVisited: () => boolean;
}

/** Of an agent that is on trial or brings another; `noUpdates` where nothing could start one. */
export interface SelfUpdate {
  /** Where it runs from; undefined: the launcher has not started it. */
  readonly slot: string | undefined;
  /** Until it has shown that it may stay, nothing is trusted that the one before has not trusted. */
  readonly isOnTrial: boolean;
  use(needs: UpdateNeeds): void;
  /** What is said now. */
  said(): UpdateStatus | undefined;
  /** @param push true: a status was acknowledged @returns what it does */
  hears(push: Promise<boolean>): Promise<boolean>;
  /** A pass has ended. @param urgent a person at the device asked for it */
  passed(facts: PassFacts, urgent: boolean): Promise<void>;
  /** Whether a bundle that was carried here has to stay for it. */
  needsCarried(agent: DesiredAgent | undefined): boolean;
  /** Until it is aborted. @param ring asks for a pass */
  run(ring: () => void, signal: AbortSignal): Promise<void>;
}

/** Nothing could start another version, or find back from it. */
export function noUpdates(): SelfUpdate {
  let version: string | undefined;
  const message = 'the launcher has not started this agent: it cannot start another version';
  return {
    slot: undefined,
    isOnTrial: false,
    use: () => undefined,
    said: () =>
      version === undefined
        ? undefined
        : { version, phase: 'waiting', code: 'AGENT_UPDATE_LAUNCHER', message },
    hears: push => push,
    passed: async ({ agent, desired }) => {
      if (agent === undefined && desired === undefined) return;
      version = agent?.version === ownVersion ? undefined : agent?.version;
    },
    needsCarried: () => false,
    run: async () => undefined,
  };
}
