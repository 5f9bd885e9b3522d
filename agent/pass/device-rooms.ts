/** The rooms of this device, wired: what each pass goes through, made of the folders beside this one. */
import type { DesiredState } from '../../core/desired/state.ts';
import { isTowlineError, type TowlineError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { desiredNow, memoryNow } from '../../core/plan/wishes.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { applyPlan } from '../apply/apply.ts';
import type { ApplyOutcome } from '../apply/outcome.ts';
import type { Pulls } from '../runtime/runtime.ts';
import type { Candidate } from '../source/source.ts';
import type { Verdict } from '../verify/verify.ts';
import type { Counting } from './desired-reader.ts';
import type { DeviceParts } from './device-parts.ts';
import { fallsSilent, maxAgeOf, type PassFacts } from './pass-facts.ts';
import { RefusedFetch } from './refused-fetch.ts';
import type { Planned, Rooms } from './rooms.ts';
import { meanwhileMs, newsOf, UnderWay } from './under-way.ts';
import { WayInRoom } from './way-in-room.ts';

/** What is of one pass. */
export interface PassContext {
  readonly log: Log;
  /** A person at the device asked for it: no waiting for a window or for the next try. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** By the monotonic clock, milliseconds. */
  readonly beganMs: number;
}

export class DeviceRooms {
  readonly #parts: DeviceParts;
  readonly #wayIn: WayInRoom;
  readonly #refused: RefusedFetch;
  /** It is retired and has said so: only a person at the device makes it ask once more. */
  #silent = false;
  /** What is so now, whichever pass has found it out: a pass that waits for its engine reports it, too. */
  #containers: ObservedState['containers'] = [];
  #engineError: TowlineError | undefined;
  #verdict: Verdict | undefined;
  #candidate: Candidate | undefined;
  #underWay: ReadonlySet<string> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.#wayIn = new WayInRoom(parts);
    this.#refused = new RefusedFetch(parts.time);
  }

  /** As the engine was seen last. */
  get containers(): ObservedState['containers'] {
    return this.#containers;
  }

  /** The last status. */
  get said(): StatusFile | undefined {
    return this.#parts.publisher.said;
  }

  of(pass: PassContext): Rooms {
    const { source, carried, verifier, freshness, store, publisher, time } = this.#parts;
    const { log, urgent, signal } = pass;
    /** What the commit says, before the circumstances of this pass. */
    let wished: DesiredState | undefined;
    return {
      alone: work => this.#alone(work),
      fetch: async () => {
        const trusted = await verifier.commit(log);
        const silent = this.#silent && !urgent ? await source.known(log) : undefined;
        if (silent !== undefined) return silent;
        const remembered = this.#counting(signal, async () => 0);
        await this.#parts.reader.learn(trusted, () => source.known(log), remembered, log);
        const ask = () => this.#refused.ask(urgent, () => source.fetch(trusted, log, signal));
        return this.#came(await carried.fetch(trusted, pass, ask));
      },
      known: async () => this.#came(await source.known(log)),
      markDamaged: reason => source.markDamaged(reason),
      verify: async head => {
        await using objects = source.objects();
        const verdict = await verifier.verify(objects, head, log, signal);
        time.saw(verdict.trusted.lineTimeSec * 1000);
        await carried.judge(verdict, pass);
        this.#verdict = verdict;
        return verdict;
      },
      desired: async commit => {
        const { desired, ...found } = await this.#parts.reader.at(commit, this.#counting(signal));
        wished = desired;
        return desired === undefined ? found : { ...found, desired: this.#now(desired, urgent) };
      },
      stale: async ({ desired, verdict }, found) => {
        const maxAgeMs = maxAgeOf(desired, publisher.applied, carried.factsOf(pass));
        if (maxAgeMs === undefined || verdict === undefined) return undefined;
        const asked = { trusted: verdict.trusted, timestamp: carried.timestampOf(found), maxAgeMs };
        return await freshness.problem(asked, signal);
      },
      tunnel: wayIn => this.#wayIn.follow(wayIn, wished?.tunnel, pass),
      narrow: wayIn => this.#wayIn.narrow(wayIn, pass),
      saidMeanwhile: async (facts, appsOver) => {
        try {
          await time.sleep(meanwhileMs, appsOver);
          await this.#publish({ ...facts, pulls: new Map() }, false, pass);
        } catch (error) {
          if (!appsOver.aborted) log.debug({ error: String(error) }, 'status not pushed meanwhile');
        }
      },
      ask: async () => {
        this.#parts.downloads.wait();
        await this.#knowing(this.#parts.runtime.answers(signal), signal).catch(() => undefined);
      },
      observe: desired => this.#observe(desired, signal),
      memory: async () => memoryNow(await store.memory(time.now()), { urgent }),
      apply: async (planned, facts) => {
        await this.#parts.downloads.ask(planned);
        const whole = { ...planned, desired: wished ?? planned.desired };
        const outcome = await this.#knowing(this.#apply(whole, facts, pass), signal);
        const images = async () => (await this.#observe(whole.desired, signal)).images;
        if (!this.#parts.update.needsCarried(facts.agent)) await carried.end(whole.desired, images, pass);
        return outcome;
      },
      report: (facts, due) => this.#report(facts, due, pass),
    };
  }

  #came<Found extends Candidate | undefined>(candidate: Found): Found {
    this.#candidate = candidate;
    return candidate;
  }

  /** @param freshMs the time by the newest statement of freshness */
  #counting(signal: AbortSignal, freshMs = () => this.#freshMs()): Counting {
    return layers => this.#parts.rollouts.when(layers, freshMs, signal);
  }

  #freshMs(): Promise<number | undefined> {
    const timestamp = this.#candidate && this.#parts.carried.timestampOf(this.#candidate);
    return this.#parts.freshness.freshMs(this.#verdict?.trusted, timestamp);
  }

  #alone<Found>(work: () => Promise<Found>): Promise<Found> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Notes whether what runs the apps answers, as it shows while something is asked of it. */
  async #knowing<Found>(asked: Promise<Found>, signal: AbortSignal): Promise<Found> {
    try {
      const found = await asked;
      this.#engineError = undefined;
      return found;
    } catch (error) {
      signal.throwIfAborted();
      if (isTowlineError(error) && error.code.startsWith('ENGINE_')) this.#engineError = error;
      throw error;
    }
  }

  #now(desired: DesiredState, urgent: boolean): DesiredState {
    const { time, tunnel } = this.#parts;
    const untimely = time.unsynchronised !== undefined;
    return desiredNow(desired, { urgent, noNewTunnel: untimely && tunnel.observe().state === 'closed' });
  }

  async #observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState> {
    const observed = await this.#knowing(this.#parts.runtime.observe(desired, signal), signal);
    this.#containers = observed.containers;
    return observed;
  }

  async #apply(planned: Planned, facts: PassFacts, pass: PassContext): Promise<ApplyOutcome> {
    const { log, signal } = pass;
    const { runtime, store, secrets, folders, publisher, downloads, time: clock } = this.#parts;
    const publish = (pulls: Pulls) => this.#publish({ ...facts, pulls }, false, pass);
    const underWay = new UnderWay({ clock, log, publish });
    this.#underWay = newsOf(planned, project => publisher.saidUnwell(project));
    if (this.#underWay !== undefined) underWay.begin();
    const applied = applyPlan({
      ...{ runtime, store, secrets, folders, clock, log, signal },
      ...planned,
      observe: again => this.#observe(planned.desired, again),
      limits: { parallelPulls: downloads.leftOf(this.#parts.parallelPulls) },
      onPull: progress => underWay.note(progress),
      keepLog: last => publisher.keepLog(last),
    });
    return await applied.finally(() => {
      this.#underWay = undefined;
      downloads.begin();
      return underWay.settled();
    });
  }

  /** The last word of a device that is retired is the last: where it is not heard, the gateway has had it. */
  async #report(facts: PassFacts, due: boolean, pass: PassContext): Promise<boolean> {
    const isOver = this.#silent && facts.desired?.retired !== undefined;
    const pushed = isOver ? false : await this.#publish(facts, due, pass);
    this.#silent = isOver || fallsSilent(facts);
    facts.silent = this.#silent;
    return pushed;
  }

  async #publish(facts: PassFacts, due: boolean, pass: PassContext): Promise<boolean> {
    // A newer commit may have been looked at since the pass began, and its tunnel followed.
    if (facts.verdict !== undefined && this.#verdict !== undefined) facts.verdict = this.#verdict;
    if (this.#wayIn.wish !== undefined && facts.desired !== undefined) facts.tunnel = this.#wayIn.wish;
    if (this.#engineError !== undefined) facts.engineError = this.#engineError;
    if (this.#underWay !== undefined) facts.underWay = this.#underWay;
    const downloads = this.#parts.downloads.now;
    if (downloads !== undefined) facts.downloads = downloads;
    facts.carried = this.#parts.carried.factsOf(pass);
    // Whom the gateway does not admit it hears as little.
    if (facts.fetchError?.code === 'AGENT_REFUSED') return false;
    const tookMs = this.#parts.time.monotonic() - pass.beganMs;
    const { publisher, update } = this.#parts;
    return await update.hears(publisher.publish(facts, { due, tookMs }, pass.signal));
  }
}
