/** All that looks every so often, beside what devices say. */
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ObjectId, ObjectSource } from '../../../core/trust/git/object-source.ts';
import type { WalkStop } from '../../../core/trust/walk.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../../git/git-runner.ts';
import { ServedCommits } from '../../git/served-commits.ts';
import { FleetLooker } from '../fleet/fleet-looker.ts';
import { ForkLooker } from '../fleet/fork-looker.ts';
import { SecretLooker } from '../fleet/secret-looker.ts';
import type { TransitionLedger } from '../ledger.ts';
import type { Looker } from '../looker.ts';
import { ownLookers } from './own-lookers.ts';

/** What is looked at. */
export interface LookedAt {
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly stopped: () => WalkStop | undefined;
  readonly waiting: () => Iterable<string>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Looking {
  readonly ledger: TransitionLedger;
  /** Objects of fleet.git. */
  readonly source: ObjectSource;
  readonly trusted: () => ReadonlyMap<string, ObjectId>;
  readonly signal: AbortSignal;
}

export function lookers(at: LookedAt, { signal, ...looking }: Looking): Looker[] {
  const line = new ServedCommits(at.runner, at.fleetGit, signal, 'line');
  const all = { ...at, ...looking };
  return [new FleetLooker(all), ...ownLookers(all), new SecretLooker(all), new ForkLooker({ ...all, line })];
}
