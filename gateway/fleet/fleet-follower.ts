/**
 * Follows main: walks from the last trusted commit to the head, and publishes the view of the newest commit that
 * the walk accepts. Whatever goes wrong, the view before stays.
 */
import path from 'node:path';
import type { Logger } from 'pino';
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { HolderFile } from '../../core/io/file/holder-file.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { isSameState } from '../../core/trust/line/trusted-state.ts';
import type { SidewaysMemory } from '../../core/trust/sideways-memory.ts';
import {
  type AcceptedStep,
  openAnchor,
  type TrustedState,
  type WalkStop,
  walk,
} from '../../core/trust/walk.ts';
import type { FleetLoader } from './fleet-loader.ts';
import type { FleetViewHolder } from './fleet-view-holder.ts';
import { readTrusted, writeTrusted } from './trusted-file.ts';

export interface FleetFollowerOptions {
  readonly source: ObjectSource;
  readonly loader: FleetLoader;
  readonly view: FleetViewHolder;
  /** Name of the fleet and first commit, as gateway.yaml pins them. */
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly trustedFile: string;
  readonly head: () => ObjectId | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What a person wants to know of the walk. */
export interface FollowerState {
  readonly trusted: ObjectId | undefined;
  readonly stopped: WalkStop | undefined;
  /** Errors in the fleet's files at the trusted commit. */
  readonly problems: number;
}

/** Of a first walk the newest count: nobody is told of what was long ago. */
const maxSteps = 1000;

export class FleetFollower {
  readonly #options: FleetFollowerOptions;
  #trusted: TrustedState | undefined;
  #stopped: WalkStop | undefined;
  #stoppedAt: ObjectId | undefined;
  #loaded: ObjectId | undefined;
  #problems = 0;
  /** Taken since the newest view. */
  #steps: AcceptedStep[] = [];
  readonly #sideways: SidewaysMemory = { marks: [] };
  readonly #holders: HolderFile;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: FleetFollowerOptions) {
    this.#options = options;
    this.#holders = new HolderFile(path.join(path.dirname(options.trustedFile), 'holders'));
  }

  get state(): FollowerState {
    return { trusted: this.#trusted?.commit, stopped: this.#stopped, problems: this.#problems };
  }

  get trusted(): TrustedState | undefined {
    return this.#trusted;
  }

  /** @throws TowlineError when the anchor is not in the repository or cannot be trusted by itself. */
  async start(): Promise<void> {
    const { trustedFile, anchor, fleet, source, log } = this.#options;
    this.#trusted = await readTrusted(trustedFile, anchor, fleet);
    if (this.#trusted === undefined) {
      this.#trusted = await openAnchor(new ObjectReader(source), anchor);
      log.info({ anchor }, 'the walk begins at the anchor');
    }
    if (this.#trusted.fleet !== fleet) {
      throw new TowlineError(
        'GATEWAY_CONFIG_INVALID',
        `the anchor is of fleet ${this.#trusted.fleet}, not ${fleet}`,
      );
    }
    await this.look();
  }

  /** Walks as far as it goes; calls made meanwhile wait for a look that began after them. */
  look(again = false): Promise<void> {
    const look = this.#turn.then(() => this.#look(again));
    this.#turn = look.catch(() => undefined);
    return look;
  }

  async #look(again: boolean): Promise<void> {
    const { head, log } = this.#options;
    const target = head();
    if (this.#trusted === undefined)
      throw new TowlineError('GATEWAY_INTERNAL', 'the follower was not started');
    if (target !== undefined && target !== this.#trusted.commit && (again || target !== this.#stoppedAt)) {
      await this.#walkTo(target);
    } else if (target === this.#trusted.commit) {
      this.#stopped = undefined;
      this.#stoppedAt = undefined;
    }
    if (again || this.#loaded !== this.#trusted.commit) await this.#publish(this.#trusted.commit);
    log.debug({ head: target, trusted: this.#trusted.commit }, 'looked at main');
  }

  async #walkTo(target: ObjectId): Promise<void> {
    const { source, log, signal, trustedFile, anchor } = this.#options;
    let from = this.#trusted;
    while (from !== undefined) {
      const reader = new ObjectReader(source);
      const kept = { sideways: this.#sideways, holders: this.#holders.index };
      const result = await walk({ reader, trusted: from, head: target, signal, ...kept });
      if (result.aside !== undefined) {
        const facts = { before: from.commit, commit: result.aside };
        log.info(facts, 'main has what is trusted under another id: on from there');
      }
      if (!isSameState(result.trusted, from)) await writeTrusted(trustedFile, anchor, result.trusted);
      await this.#holders.save();
      this.#trusted = result.trusted;
      this.#steps = [...this.#steps, ...result.accepted].slice(-maxSteps);
      this.#stopped = result.stopped;
      this.#stoppedAt = result.stopped === undefined ? undefined : target;
      // A walk takes so many commits at a time: on, with a new reader.
      from = result.more === true ? result.trusted : undefined;
    }
    const { commit } = this.#trusted ?? {};
    if (this.#stopped === undefined) log.info({ trusted: commit }, 'main moved and is trusted');
    else
      log.warn(
        { code: 'GATEWAY_WALK_STOPPED', trusted: commit, stopped: this.#stopped },
        'main is not trusted',
      );
  }

  async #publish(commit: ObjectId): Promise<void> {
    const { loader, view, log } = this.#options;
    const { view: loaded, problems } = await loader.load(commit, view.current, this.#steps);
    this.#problems = problems.length;
    this.#loaded = commit;
    if (problems.length > 0) {
      const shown = problems.slice(0, 20).map(formatProblem);
      log.warn({ code: 'GATEWAY_FLEET_INVALID', commit, problems: shown }, 'the fleet has errors');
    }
    if (loaded === undefined) return;
    this.#steps = [];
    view.publish(loaded);
    log.info({ commit, devices: loaded.devices.size, operators: loaded.operators.size }, 'fleet in effect');
  }
}
