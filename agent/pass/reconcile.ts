/** One pass: fetch ▶ verify ▶ desired ▶ observe ▶ plan ▶ apply ▶ report. Level-based: it starts from what is. */
import type { DesiredState } from '../../core/desired/state.ts';
import type { Log } from '../../core/log.ts';
import { planDownloads } from '../../core/plan/downloads.ts';
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

/**
 * While a pass waits for what runs the apps: what main says of the tunnel is followed, and said where it changed.
 * Never throws for what can go wrong on the way.
 * @throws the signal's reason when it was aborted
 */
export function look(rooms: Rooms, request: PassRequest, signal: AbortSignal): Promise<void> {
  return new Pass(rooms, request, signal).look();
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
    await this.#unlessItEnds(async () => {
      const desired = await this.#follow();
      if (desired === undefined) return await this.#rooms.ask();
      const over = new AbortController();
      const both = await Promise.allSettled([
        this.#apps(desired).finally(() => over.abort()),
        this.#tunnel(desired, over.signal),
      ]);
      for (const each of both) if (each.status === 'rejected') throw each.reason;
    });
    await this.#report(this.#request.telemetryDue);
    return facts;
  }

  async look(): Promise<void> {
    await this.#unlessItEnds(async () => {
      const desired = await this.#follow();
      if (desired === undefined || (await this.#rooms.tunnel(desired)) === 0) return;
      this.#facts.pulls = new Map();
      await this.#report(false);
    });
  }

  async #unlessItEnds(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#facts.error = asTowlineError(error);
      const { code, message } = this.#facts.error;
      this.#request.log.error({ room: this.#facts.room, code, error: message }, 'pass ended early');
    }
  }

  /** What goes wrong from here on went wrong in this one. */
  #room<Found>(name: Room, work: () => Promise<Found>): Promise<Found> {
    this.#facts.room = name;
    return work();
  }

  /** @returns what is to be carried out: nothing of a commit with problems, nothing while it is stale */
  #follow(): Promise<DesiredState | undefined> {
    const facts = this.#facts;
    const rooms = this.#rooms;
    return rooms.alone(async () => {
      const candidate = await this.#room('fetch', () => this.#fetch());
      await this.#healing(candidate, async head => {
        const verdict = await this.#room('verify', () => rooms.verify(head));
        facts.verdict = verdict;
        facts.followed = verdict.trusted.commit;
        Object.assign(facts, await this.#room('desired', () => rooms.desired(verdict.trusted.commit)));
      });
      facts.staleMessage = await rooms.stale(facts, candidate);
      if (facts.staleMessage !== undefined) return undefined;
      if (facts.desired === undefined && facts.wayIn !== undefined)
        facts.steps += await rooms.narrow(facts.wayIn);
      return facts.desired;
    });
  }

  /** Beside the apps, which may take hours: what has come of it is said before they are done. */
  async #tunnel(desired: DesiredState, appsOver: AbortSignal): Promise<void> {
    const steps = await this.#rooms.tunnel(desired);
    this.#facts.steps += steps;
    if (steps > 0) await this.#rooms.saidMeanwhile(this.#facts, appsOver);
  }

  async #apps(desired: DesiredState): Promise<void> {
    const rooms = this.#rooms;
    const observed = await this.#room('observe', () => rooms.observe(desired));
    this.#facts.engineVersion = observed.engineVersion;
    if (observed.capability !== undefined) this.#facts.machine = observed.capability;
    const planned = await this.#room('plan', () => this.#plan(desired, observed));
    this.#facts.applied = await this.#room('apply', () => rooms.apply(planned, this.#facts));
  }

  /** A gateway that cannot be asked ends nothing: the pass goes on with what is on the disk. */
  async #fetch(): Promise<Candidate> {
    try {
      return await this.#rooms.fetch();
    } catch (error) {
      this.#signal.throwIfAborted();
      const fetchError = asTowlineError(error);
      this.#facts.fetchError = fetchError;
      const told = { code: fetchError.code, error: fetchError.message };
      this.#request.log[fetchError.details.known === true ? 'debug' : 'warn'](told, 'fetch failed');
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
    const memory = await this.#rooms.memory();
    const heldUntilMs = heldUntil(memory);
    if (heldUntilMs !== undefined) this.#facts.heldUntilMs = heldUntilMs;
    const plan = planDevice({ desired, observed, memory });
    this.#facts.steps += plan.steps.length;
    return { plan, desired, observed, downloads: planDownloads({ desired, observed, memory }) };
  }

  async #report(due: boolean): Promise<void> {
    const { log } = this.#request;
    try {
      this.#facts.pushed = await this.#rooms.report(this.#facts, due);
    } catch (error) {
      this.#signal.throwIfAborted();
      const { code, message } = asTowlineError(error);
      log.warn({ code, error: message }, 'status not pushed, the next pass says it');
    }
  }
}
