/** One pass: fetch ▶ verify ▶ desired ▶ observe ▶ plan ▶ apply ▶ report. Level-based: it starts from what is. */
import type { DesiredState } from '../../core/desired/state.ts';
import type { Log } from '../../core/log.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { planDevice } from '../../core/plan/plan.ts';
import { heldUntil } from '../../core/plan/target.ts';
import type { Candidate } from '../source/source.ts';
import { asTowlineError, beginFacts, type PassFacts, type Room } from './pass-facts.ts';
import type { Planned, Rooms } from './rooms.ts';

export interface PassRequest {
  /** Id of the pass, in every line of the log and in the status. */
  readonly pass: string;
  readonly log: Log;
  /** The telemetry schedule asks for a status, changed or not. */
  readonly telemetryDue: boolean;
}

/**
 * Never throws for what can go wrong on the way: that stands in the facts and in the status.
 * @throws the signal's reason when the pass was aborted; the next one finishes what it began
 */
export function reconcile(rooms: Rooms, request: PassRequest, signal: AbortSignal): Promise<PassFacts> {
  return new Pass(rooms, request, signal).run();
}

class Pass {
  readonly #rooms: Rooms;
  readonly #request: PassRequest;
  readonly #signal: AbortSignal;
  readonly #facts: PassFacts;

  constructor(rooms: Rooms, request: PassRequest, signal: AbortSignal) {
    this.#rooms = rooms;
    this.#request = request;
    this.#signal = signal;
    this.#facts = beginFacts(request.pass);
  }

  async run(): Promise<PassFacts> {
    const facts = this.#facts;
    const rooms = this.#rooms;
    /** What goes wrong from here on went wrong in this one. */
    const room = <Found>(name: Room, work: () => Promise<Found>): Promise<Found> => {
      facts.room = name;
      return work();
    };
    try {
      const candidate = await room('fetch', () => this.#fetch());
      await this.#healing(candidate, async head => {
        const verdict = await room('verify', () => rooms.verify(head));
        facts.verdict = verdict;
        Object.assign(facts, await room('desired', () => rooms.desired(verdict.trusted.commit)));
      });
      facts.staleMessage = await rooms.stale(facts, candidate);
      const { desired } = facts;
      if (desired !== undefined && facts.staleMessage === undefined) {
        const observed = await room('observe', () => rooms.observe(desired));
        facts.engineVersion = observed.engineVersion;
        const planned = await room('plan', () => this.#plan(desired, observed));
        facts.applied = await room('apply', () => rooms.apply(planned, facts));
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      facts.error = asTowlineError(error);
      const { code, message } = facts.error;
      this.#request.log.error({ room: facts.room, code, error: message }, 'pass ended early');
    }
    await this.#report();
    return facts;
  }

  /** A gateway that cannot be asked ends nothing: the pass goes on with what is on the disk. */
  async #fetch(): Promise<Candidate> {
    try {
      return await this.#rooms.fetch();
    } catch (error) {
      this.#signal.throwIfAborted();
      const fetchError = asTowlineError(error);
      this.#facts.fetchError = fetchError;
      this.#request.log.warn({ code: fetchError.code, error: fetchError.message }, 'fetch failed');
      const known = await this.#rooms.known();
      if (known === undefined) throw fetchError;
      return known;
    }
  }

  /** What cannot be read from the store is fetched into a fresh one, and read once more. */
  async #healing({ head }: Candidate, read: (head: string) => Promise<void>): Promise<void> {
    try {
      await read(head);
    } catch (error) {
      this.#signal.throwIfAborted();
      const { code, message } = asTowlineError(error);
      const unreadable = ['GIT_STORE', 'TRUST_OBJECT_MISSING', 'TRUST_OBJECT_HASH', 'TRUST_OBJECT_SOURCE'];
      if (!unreadable.includes(code) || !this.#rooms.markDamaged(message)) throw error;
      const { room } = this.#facts;
      this.#request.log.warn({ room, code, error: message }, 'the store is damaged, fetching a fresh one');
      await read((await this.#rooms.fetch()).head);
    }
  }

  async #plan(desired: DesiredState, observed: ObservedState): Promise<Planned> {
    const memory = await this.#rooms.memory(desired);
    const heldUntilMs = heldUntil(memory);
    if (heldUntilMs !== undefined) this.#facts.heldUntilMs = heldUntilMs;
    const plan = planDevice({ desired, observed, memory });
    this.#facts.steps = plan.steps.length;
    return { plan, desired, observed };
  }

  async #report(): Promise<void> {
    const { log, telemetryDue } = this.#request;
    try {
      this.#facts.pushed = await this.#rooms.report(this.#facts, telemetryDue);
    } catch (error) {
      this.#signal.throwIfAborted();
      const { code, message } = asTowlineError(error);
      log.warn({ code, error: message }, 'status not pushed, it waits in the outbox');
    }
  }
}
