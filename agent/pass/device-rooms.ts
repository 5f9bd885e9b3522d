/** The rooms of this device, wired: what each pass goes through, made of the folders beside this one. */

import type { DesiredState } from '../../core/desired/state.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { desiredNow, memoryNow } from '../../core/plan/wishes.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { applyPlan } from '../apply/apply.ts';
import type { ApplyOutcome } from '../apply/outcome.ts';
import type { FolderOptions } from '../projects/project-folders.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SecretAccess } from '../secrets/opened-secrets.ts';
import type { Source } from '../source/source.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import type { DeviceFreshness } from '../verify/device-freshness.ts';
import type { Verifier } from '../verify/verify.ts';
import type { DesiredReader } from './desired-reader.ts';
import type { PassFacts } from './pass-facts.ts';
import type { Publisher } from './publisher.ts';
import { PullStatus } from './pull-status.ts';
import type { ReadingMark } from './reading-mark.ts';
import type { Planned, Rooms } from './rooms.ts';

/** What the rooms are made of, for the life of the agent. */
export interface DeviceParts {
  readonly source: Source;
  readonly verifier: Verifier;
  readonly freshness: DeviceFreshness;
  readonly reader: DesiredReader;
  readonly reading: ReadingMark;
  readonly store: ProjectStore;
  readonly runtime: Runtime;
  readonly tunnel: TunnelController;
  readonly secrets: SecretAccess;
  readonly publisher: Publisher;
  readonly folders: FolderOptions;
  readonly parallelPulls: number;
  readonly time: Clock & { saw(lineMs: number): void; readonly unsynchronised: string | undefined };
}

/** What is of one pass. */
export interface PassContext {
  readonly log: Log;
  /** A person at the device asked for it: no waiting for a window or for the next try. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

export class DeviceRooms {
  readonly #parts: DeviceParts;
  #containers: ObservedState['containers'] = [];

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  of(pass: PassContext): Rooms {
    const { source, verifier, freshness, store, time } = this.#parts;
    const { log, urgent, signal } = pass;
    return {
      fetch: async () => {
        const trusted = await verifier.commit(log);
        await this.#learnGateways(trusted, log);
        return await source.fetch(trusted, log, signal);
      },
      known: () => source.known(log),
      markDamaged: reason => source.markDamaged(reason),
      verify: async head => {
        await using objects = source.objects();
        const verdict = await verifier.verify(objects, head, log, signal);
        time.saw(verdict.trusted.lineTimeSec * 1000);
        return verdict;
      },
      desired: async commit => {
        const { desired, problems } = await this.#parts.reader.at(commit);
        return desired === undefined ? { problems } : { desired: this.#now(desired, urgent), problems };
      },
      stale: async ({ desired, verdict }, { timestamp }) => {
        const maxAgeMs = desired?.settings.freshnessMaxAgeMs;
        if (maxAgeMs === undefined || verdict === undefined) return undefined;
        return await freshness.problem({ trusted: verdict.trusted, timestamp, maxAgeMs }, signal);
      },
      observe: desired => this.#observe(desired, signal),
      memory: async desired => {
        const nowMs = time.now();
        // Noted before the plan is made, at the plan's own time: else its end moves and the tunnel is opened anew.
        // What a wrong clock holds back is still wished for.
        await store.noteTunnel(this.#wished(desired).tunnel, nowMs);
        return memoryNow(await store.memory(nowMs), { urgent });
      },
      apply: (planned, facts) => this.#apply(planned, facts, pass),
      report: (facts, due) => this.#publish(facts, due, signal),
    };
  }

  /** What the commit says, before the circumstances of a pass. */
  #wished(desired: DesiredState): DesiredState {
    return this.#parts.reader.wished ?? desired;
  }

  #now(desired: DesiredState, urgent: boolean): DesiredState {
    const { time, tunnel } = this.#parts;
    const untimely = time.unsynchronised !== undefined;
    return desiredNow(desired, { urgent, noNewTunnel: untimely && tunnel.observe().state === 'closed' });
  }

  async #observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState> {
    const observed = await this.#parts.runtime.observe(desired, signal);
    this.#containers = observed.containers;
    return observed;
  }

  async #apply(planned: Planned, facts: PassFacts, { log, signal }: PassContext): Promise<ApplyOutcome> {
    const { runtime, tunnel, store, secrets, folders, parallelPulls, time: clock } = this.#parts;
    const pulls = new PullStatus({
      clock,
      log,
      publish: now => this.#publish({ ...facts, pulls: now }, false, signal),
    });
    const applied = applyPlan({
      ...{ runtime, tunnel, store, secrets, folders, clock, log, signal },
      plan: planned.plan,
      desired: this.#wished(planned.desired),
      observed: planned.observed,
      observe: again => this.#observe(planned.desired, again),
      limits: { parallelPulls },
      onPull: progress => pulls.note(progress),
    });
    return await applied.finally(() => pulls.settled());
  }

  #publish(facts: PassFacts, due: boolean, signal: AbortSignal): Promise<boolean> {
    return this.#parts.publisher.publish(facts, { due, containers: this.#containers }, signal);
  }

  /**
   * Before the first fetch of a start: the addresses and pins of the commit that is trusted already. What stands in
   * agent.yaml may be older than the gateway's keys.
   */
  async #learnGateways(trusted: ObjectId, log: Log): Promise<void> {
    const { source, reader, reading } = this.#parts;
    if (reader.hasRead || (await reading.isLeft(log))) return;
    try {
      if ((await source.known(log)) !== undefined) await reader.at(trusted);
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.debug({ code: error.code }, 'the trusted commit cannot be read before the fetch');
    }
  }
}
