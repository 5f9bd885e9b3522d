/** What a commit says of this device, now. */

import { OperatorFiles } from '../../core/access/operators.ts';
import type { DesiredAgent } from '../../core/desired/agent.ts';
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import type { DesiredState, DesiredWayIn } from '../../core/desired/state.ts';
import { isTowlineError, type Problem } from '../../core/errors.ts';
import type { DeviceLayers } from '../../core/fleet/fleet.ts';
import { loadDevice } from '../../core/fleet/load-device.ts';
import type { ReadRollouts } from '../../core/fleet/rollout-files.ts';
import type { Log } from '../../core/log.ts';
import { movable, type RolledDevice, rolledOut } from '../../core/rollout/rolled-out.ts';
import type { When } from '../../core/rollout/when.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { type Contest, firstHolder } from '../../core/trust/holders/first-holder.ts';
import type { ReadingMark } from './reading-mark.ts';

/** Says what has come by now. */
export type Counting = (layers: DeviceLayers) => Promise<When>;

export interface DesiredReaderOptions {
  readonly device: string;
  readonly projectPrefix: string;
  /** Raw objects for one reading. */
  readonly objects: () => ObjectSource & AsyncDisposable;
  readonly mark: ReadingMark;
  /** Told of a state that was read for the first time. */
  readonly onRead: (desired: DesiredState) => void;
}

/** What was read, and what is wrong with it: with problems there may be no state. */
export interface ReadDesired {
  readonly desired?: DesiredState;
  readonly wayIn?: DesiredWayIn;
  readonly agent?: DesiredAgent;
  readonly problems: readonly Problem[];
}

interface Kept {
  readonly commit: ObjectId;
  readonly result: ReadDesired;
  /** Where time changes what the commit says: what was read of the device, and what it came to. */
  readonly waits?: { readonly layers: DeviceLayers; readonly rolled: string };
}

export class DesiredReader {
  readonly #options: DesiredReaderOptions;
  readonly #operators = new OperatorFiles();
  readonly #rollouts: ReadRollouts = new Map();
  #read: Kept | undefined;

  constructor(options: DesiredReaderOptions) {
    this.#options = options;
  }

  get hasRead(): boolean {
    return this.#read !== undefined;
  }

  /**
   * Before the first fetch of a start: the addresses and pins of the commit that is trusted already. What stands in
   * agent.yaml may be older than the gateway's keys.
   * @param known what is in the store
   */
  async learn(
    trusted: ObjectId,
    known: () => Promise<object | undefined>,
    counting: Counting,
    log: Log,
  ): Promise<void> {
    if (this.hasRead || (await this.#options.mark.isLeft(log))) return;
    try {
      if ((await known()) !== undefined) await this.at(trusted, counting);
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.debug({ code: error.code }, 'the trusted commit cannot be read before the fetch');
    }
  }

  /** The same commit gives the same bytes, so it is read once; what time makes of it is looked at again. */
  async at(commit: ObjectId, counting: Counting): Promise<ReadDesired> {
    const kept = this.#read?.commit === commit ? this.#read : undefined;
    if (kept !== undefined && kept.waits === undefined) return kept.result;
    const { mark } = this.#options;
    await using objects = this.#options.objects();
    const reader = new ObjectReader(objects);
    if (kept?.waits === undefined)
      return await mark.around(commit, () => this.#load(reader, commit, counting));
    const { layers, rolled } = kept.waits;
    const when = await counting(layers);
    if (wordOf(rolledOut(layers, when)) === rolled) return kept.result;
    return await mark.around(commit, () => this.#compute(reader, commit, { layers, when }));
  }

  async #load(reader: ObjectReader, commit: ObjectId, counting: Counting): Promise<ReadDesired> {
    const firstOf = (paths: readonly string[]) => firstHolder(reader, commit, { paths });
    const asked = { reader, commit, id: this.#options.device, firstOf, kept: this.#rollouts };
    const { layers, problems } = await loadDevice(asked);
    if (layers !== undefined)
      return await this.#compute(reader, commit, { layers, when: await counting(layers) });
    const result = { problems };
    this.#read = { commit, result };
    return result;
  }

  async #compute(
    reader: ObjectReader,
    commit: ObjectId,
    { layers, when }: { readonly layers: DeviceLayers; readonly when: When },
  ): Promise<ReadDesired> {
    const { projectPrefix, onRead } = this.#options;
    const firstOf = (contest: Contest) => firstHolder(reader, commit, contest);
    const asked = { reader, commit, firstOf, projectPrefix, operators: this.#operators, when };
    const { state, wayIn, agent, problems } = await desiredStateOf(layers, asked);
    const desired = state === undefined ? {} : { desired: state };
    const also = { ...(wayIn === undefined ? {} : { wayIn }), ...(agent === undefined ? {} : { agent }) };
    const result = { ...desired, ...also, problems };
    const rolled = rolledOut(layers, when);
    const waits = rolled.changesAtMs === undefined ? {} : { waits: { layers, rolled: wordOf(rolled) } };
    this.#read = { commit, result, ...waits };
    if (state !== undefined) onRead(state);
    return result;
  }
}

/** What of it time can change. */
function wordOf(rolled: RolledDevice): string {
  return JSON.stringify(
    movable(rolled).map(({ app, release, next, rollout, conflict, takenBack, pin }) => [
      ...[app, release, next, rollout?.rollout, rollout?.state, conflict, takenBack, pin !== undefined],
    ]),
  );
}
