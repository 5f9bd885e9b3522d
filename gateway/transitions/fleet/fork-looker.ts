/** Devices that trust a commit which main's line here does not have: two histories were shown, or it cannot be told. */
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import { judgeFork, type OwnWalk } from '../../../core/trust/fork.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../../core/trust/git/object-source.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { TransitionLedger } from '../ledger.ts';
import { type Level, type Looker, levelChanges } from '../looker.ts';

export interface ForkLookerOptions {
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly ledger: TransitionLedger;
  readonly view: FleetViewHolder;
  readonly source: ObjectSource;
  /** Main's line, followed to a commit. */
  readonly line: { has(id: ObjectId): boolean; follow(main: ObjectId | undefined): Promise<boolean> };
  /** What each device has said that it trusts. */
  readonly trusted: () => ReadonlyMap<string, ObjectId>;
  readonly clock: Clock;
}

/** Another gateway of the fleet may be ahead of this one for a while; then it is no proof, and worth a word, milliseconds. */
const patienceMs = 3_600_000;
/** Devices trust few different commits. */
const maxCommits = 32;
/** For all walks of one look: what they cost is decided by the commits that devices name, milliseconds. */
const timeoutMs = 60_000;

export class ForkLooker implements Looker {
  readonly name = 'forks';
  readonly everyMs = 30_000;
  readonly #options: ForkLookerOptions;
  /** Commit → since when it is not on the line, by the monotonic clock. */
  readonly #strange = new Map<ObjectId, number>();
  readonly #judged = new Map<ObjectId, 'one-history' | 'fork'>();

  constructor(options: ForkLookerOptions) {
    this.#options = options;
  }

  async look(signal: AbortSignal): Promise<void> {
    const { view, line, trusted, ledger, clock, fleet } = this.#options;
    const { commit, fleet: known } = view.current;
    if (known === undefined) return;
    await line.follow(commit);
    const strange = [...trusted()].filter(([, id]) => !line.has(id));
    this.#note(new Set(strange.map(([, id]) => id)));
    await this.#judge(commit, signal);
    const keyOf = (device: string) => ({ fleet, subject: `device/${device}`, type: 'trust.fork' as const });
    const levels = strange.flatMap(([device, id]): Level[] => {
      const words = this.#words(id);
      if (words === undefined) return [];
      return [{ key: keyOf(device), device, words: boundedWords(words), commit: id }];
    });
    levels.push(...this.#untold());
    await ledger.note({ transitions: levelChanges(ledger, 'trust.fork', levels, clock.now()) });
  }

  #note(now: ReadonlySet<ObjectId>): void {
    for (const id of this.#strange.keys()) if (!now.has(id)) this.#strange.delete(id);
    for (const id of this.#judged.keys()) if (!now.has(id)) this.#judged.delete(id);
    for (const id of [...now].slice(0, maxCommits))
      if (!this.#strange.has(id)) this.#strange.set(id, this.#options.clock.monotonic());
  }

  async #judge(first: ObjectId, signal: AbortSignal): Promise<void> {
    const { source, anchor: pinned } = this.#options;
    const open = [...this.#strange.keys()].filter(id => !this.#judged.has(id));
    if (open.length === 0) return;
    using late = new TimeLimit(timeoutMs);
    const reader = () => new ObjectReader(source);
    const walks = new Map<ObjectId, OwnWalk>();
    try {
      const anchor = await openAnchor(reader(), pinned);
      const joined = AbortSignal.any([signal, late.signal]);
      for (const second of open) {
        const { kind } = await judgeFork({ reader, anchor, first, second, signal: joined, walks });
        if (kind !== 'unproven') this.#judged.set(second, kind);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!late.signal.aborted && !isTowlineError(error)) throw error;
    }
  }

  /** After a start nobody has said what it trusts, and no hour has passed: what was open is, until it is known that it is not. */
  #untold(): Level[] {
    const { ledger, view, trusted } = this.#options;
    return [...ledger.conditions].filter(({ key, device = '', commit = '' }) => {
      if (key.type !== 'trust.fork') return false;
      const id = trusted().get(device);
      const known = view.current.devices.get(device);
      if (id === undefined) return known !== undefined && known.file.revoked !== true;
      return id === commit && this.#strange.has(id) && this.#judged.get(id) !== 'one-history';
    });
  }

  /** @returns undefined: nothing is wrong, or it is too early to say so */
  #words(id: ObjectId): string | undefined {
    const verdict = this.#judged.get(id);
    if (verdict === 'fork') return `two histories were shown, each signed: this device trusts ${id}`;
    const since = this.#strange.get(id);
    const isOld = since !== undefined && this.#options.clock.monotonic() - since >= patienceMs;
    if (verdict === 'one-history' || !isOld) return undefined;
    return `whether there is a fork cannot be told: this device trusts ${id}, which main does not have here`;
  }
}
