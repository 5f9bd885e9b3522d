/** What the gateway knows, as transitions, and who hears of them: a part of the gateway. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { LastingObjectSource } from '../../../core/io/git/lasting-object-source.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import { counter, gauge, type Metric } from '../../plain-port/metric.ts';
import type { DeviceReports } from '../../sinks/device-reports.ts';
import { Follower } from '../../sinks/follower.ts';
import { DeviceSource } from '../device/device-source.ts';
import { HandOver } from '../hand-over.ts';
import { TransitionLedger } from '../ledger.ts';
import type { Looker } from '../looker.ts';
import type { TransitionListener } from '../transition.ts';
import { type LookedAt, lookers } from './lookers.ts';

export interface TransitionsOptions extends LookedAt {
  readonly stateDirectory: string;
  readonly telemetryGit: string;
  readonly view: FleetViewHolder;
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  readonly reports: DeviceReports;
  readonly listeners: readonly TransitionListener[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often it is looked what devices said. */
const followMs = 1000;

export class Transitions {
  readonly #options: TransitionsOptions;
  readonly #ledger: TransitionLedger;
  /** Objects of telemetry.git, and of fleet.git. */
  readonly #telemetry: LastingObjectSource;
  readonly #fleet: LastingObjectSource;
  readonly #handOver: HandOver;
  readonly #stop = new AbortController();
  #ended: Promise<unknown> = Promise.resolve();

  static async open(options: TransitionsOptions): Promise<Transitions> {
    const { stateDirectory, listeners, log } = options;
    const heard = Math.max(0, ...listeners.map(({ through }) => through ?? 0));
    const ledger = await TransitionLedger.open(join(stateDirectory, 'transitions'), log, heard);
    return new Transitions(options, ledger, await HandOver.open({ ...options, ledger }));
  }

  private constructor(options: TransitionsOptions, ledger: TransitionLedger, handOver: HandOver) {
    this.#options = options;
    this.#handOver = handOver;
    this.#ledger = ledger;
    this.#telemetry = new LastingObjectSource(options.telemetryGit);
    this.#fleet = new LastingObjectSource(options.fleetGit);
  }

  /** Begins to look. */
  start(): void {
    const { clock, log, view, refs, reports } = this.#options;
    const { signal } = this.#stop;
    const ledger = this.#ledger;
    const sink = new DeviceSource({ ledger, view, clock });
    const reading = { source: this.#telemetry, read: reports.reader() };
    const follower = new Follower({ sink, view, refs, ...reading, intervalMs: followMs, clock, log });
    const looking = { ledger, source: this.#fleet, trusted: () => sink.trusted, signal };
    const looks = lookers(this.#options, looking).map(each => this.#look(each, signal));
    this.#ended = Promise.all([this.#handOver.run(signal), follower.run(signal), ...looks]);
  }

  metrics(): readonly Metric[] {
    return [
      gauge(
        'towline_gateway_conditions_open',
        'Conditions of devices and of the gateway that are open.',
        this.#ledger.openCount,
      ),
      counter(
        'towline_gateway_transitions_total',
        'What opened, was resolved or happened.',
        this.#ledger.noted,
      ),
    ];
  }

  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#ended;
    await this.#ledger.close();
    await this.#telemetry[Symbol.asyncDispose]();
    await this.#fleet[Symbol.asyncDispose]();
  }

  async #look(looker: Looker, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await looker.look(signal);
      } catch (error) {
        if (!signal.aborted)
          log.error({ looker: looker.name, error: messageOf(error) }, 'it cannot be looked at');
      }
      await clock.sleep(looker.everyMs, signal).catch(() => undefined);
    }
  }
}
