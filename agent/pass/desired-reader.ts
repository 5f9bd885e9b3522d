/** What a commit says of this device. */

import { OperatorFiles } from '../../core/access/operators.ts';
import { desiredState } from '../../core/desired/desired-state.ts';
import type { DesiredState, DesiredWayIn } from '../../core/desired/state.ts';
import { isTowlineError, type Problem } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { type Contest, firstHolder } from '../../core/trust/holders/first-holder.ts';
import type { ReadingMark } from './reading-mark.ts';

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
  readonly problems: readonly Problem[];
}

export class DesiredReader {
  readonly #options: DesiredReaderOptions;
  readonly #operators = new OperatorFiles();
  #read: { readonly commit: ObjectId; readonly result: ReadDesired } | undefined;

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
  async learn(trusted: ObjectId, known: () => Promise<object | undefined>, log: Log): Promise<void> {
    if (this.hasRead || (await this.#options.mark.isLeft(log))) return;
    try {
      if ((await known()) !== undefined) await this.at(trusted);
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.debug({ code: error.code }, 'the trusted commit cannot be read before the fetch');
    }
  }

  /** The same commit gives the same bytes, so it is read once. */
  async at(commit: ObjectId): Promise<ReadDesired> {
    if (this.#read?.commit === commit) return this.#read.result;
    const { device, projectPrefix, mark, onRead } = this.#options;
    await using objects = this.#options.objects();
    const reader = new ObjectReader(objects);
    const firstOf = (contest: Contest) => firstHolder(reader, commit, contest);
    const asked = { reader, commit, device, firstOf, projectPrefix, operators: this.#operators };
    const { state, wayIn, problems } = await mark.around(commit, () => desiredState(asked));
    const desired = state === undefined ? {} : { desired: state };
    const result = { ...desired, ...(wayIn === undefined ? {} : { wayIn }), problems };
    this.#read = { commit, result };
    if (state !== undefined) onRead(state);
    return result;
  }
}
