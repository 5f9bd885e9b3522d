/** What `/livez` and `/healthz` say: whether devices are served, and whether a person should look. */
import type { Clock } from '../../core/io/clock.ts';
import type { DeviceService } from '../device-service.ts';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { MainWatch } from '../fleet/main-watch.ts';
import type { GitRunner, Lane } from '../git/git-runner.ts';
import type { UpstreamService } from '../upstream/upstream-service.ts';

export interface HealthSources {
  readonly devices: DeviceService;
  readonly runner: GitRunner;
  readonly view: FleetViewHolder;
  readonly follower: FleetFollower;
  readonly upstream: UpstreamService | undefined;
  readonly clock: Clock;
}

const lanes = ['devices', 'fetches', 'pushes', 'own'] as const satisfies readonly Lane[];
/** Longer than anybody should wait for a git process that others have, milliseconds. */
const longWaitMs = 60_000;
const lookEveryMs = 1000;

export class GatewayHealth {
  readonly main: MainWatch;
  readonly #sources: HealthSources;

  constructor(sources: HealthSources) {
    const { devices, follower, upstream, clock } = sources;
    this.#sources = sources;
    this.main = new MainWatch(
      () => ({
        main: devices.refs.main,
        trusted: follower.trusted?.commit,
        stopped: follower.state.stopped !== undefined,
        forge: upstream?.sight,
      }),
      clock,
    );
  }

  /** Looks every second until the signal is aborted. */
  run(signal: AbortSignal): void {
    const timer = setInterval(() => this.main.look(), lookEveryMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  get live(): boolean {
    return this.#sources.view.current.fleet !== undefined;
  }

  get state(): { readonly ok: boolean } & Readonly<Record<string, unknown>> {
    const { runner, follower, upstream } = this.#sources;
    const waited = lanes.map(lane => [lane, Math.round(runner.waitedMs(lane))] as const);
    const ok = this.live && !this.main.isLate && waited.every(([, ms]) => ms < longWaitMs);
    return {
      ok,
      ...follower.state,
      main: this.main.look(),
      git: { waitedMs: Object.fromEntries(waited) },
      upstream: upstream?.state,
    };
  }
}
