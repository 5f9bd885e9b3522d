/** How devices come in: the desk, what it shows to people, and the way to it. */
import { join } from 'node:path';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import { EnrolmentDesk } from './enrolment-desk.ts';
import { EnrolmentRefs } from './enrolment-ref.ts';
import { enrolmentRoute } from './enrolment-route.ts';

export interface EnrolmentOptions {
  readonly fleet: string;
  readonly stateDirectory: string;
  readonly telemetryGit: string;
  readonly limits: { readonly enrolmentsPerMinute: number };
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
}

export class Enrolment {
  readonly desk: EnrolmentDesk;
  readonly #options: EnrolmentOptions;
  readonly #stop = new AbortController();

  static async open(options: EnrolmentOptions): Promise<Enrolment> {
    const enrolment = new Enrolment(options);
    await enrolment.desk.load();
    return enrolment;
  }

  private constructor(options: EnrolmentOptions) {
    const { fleet, stateDirectory, telemetryGit, view, runner, clock, log } = options;
    this.#options = options;
    const refs = new EnrolmentRefs(runner, telemetryGit, this.#stop.signal);
    this.desk = new EnrolmentDesk({
      fleet,
      folder: join(stateDirectory, 'enrolments'),
      view,
      clock,
      publish: (device, statements) => refs.publish(device, statements),
      onDamage: (file, error) => log.warn({ file, err: error }, 'a damaged enrolment is left out'),
    });
    view.onChange(current => {
      this.desk.sweep(current).catch(error => log.error({ err: error }, 'enrolments cannot be swept'));
    });
  }

  mount(port: DevicePort): void {
    const { limits, audit, clock } = this.#options;
    const attempts = new RateLimiter(limits.enrolmentsPerMinute, clock);
    enrolmentRoute(port.http, { desk: this.desk, port, audit, attempts });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
  }
}
