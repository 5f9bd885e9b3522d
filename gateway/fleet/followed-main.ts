/** main, followed: the walk, the view that comes of it, and whether any of it lags behind. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState, WalkStop } from '../../core/trust/walk.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import { FleetFollower } from './fleet-follower.ts';
import { FleetLoader } from './fleet-loader.ts';
import type { FleetViewHolder } from './fleet-view-holder.ts';
import { type MainSight, MainWatch } from './main-watch.ts';
import { trustedFileIn } from './trusted-file.ts';
import { TunnelStarts } from './tunnel-starts.ts';

export interface FollowedMainOptions {
  /** Name of the fleet and first commit, as gateway.yaml pins them. */
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly fleetGit: string;
  readonly stateDirectory: string;
  readonly view: FleetViewHolder;
  /** What is served of fleet.git. */
  readonly refs: { readonly main: ObjectId | undefined; refresh(): Promise<void> };
  /** The forge; undefined where none is mirrored. */
  readonly forge: () => MainSight['forge'];
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often the refs are read from the disk, for what came in by another way than a push to this gateway. */
const refsIntervalMs = 1000;
const watchIntervalMs = 1000;

export class FollowedMain {
  readonly watch: MainWatch;
  readonly #options: FollowedMainOptions;
  readonly #source: GitCatFileSource;
  readonly #follower: FleetFollower;
  readonly #loader: FleetLoader;

  constructor(options: FollowedMainOptions) {
    const { fleet, anchor, fleetGit, stateDirectory, view, refs, forge, log, clock, signal } = options;
    this.#options = options;
    this.#source = new GitCatFileSource(fleetGit);
    const starts = new TunnelStarts(join(stateDirectory, 'tunnels.json'), clock);
    this.#loader = new FleetLoader(this.#source, starts);
    const follower = new FleetFollower({
      ...{ source: this.#source, loader: this.#loader, view, fleet, anchor },
      trustedFile: trustedFileIn(stateDirectory),
      head: () => refs.main,
      ...{ log, signal },
    });
    this.#follower = follower;
    this.watch = new MainWatch(
      () => ({
        main: refs.main,
        trusted: follower.trusted?.commit,
        stopped: follower.state.stopped !== undefined,
        forge: forge(),
      }),
      clock,
    );
  }

  /** The first walk; then follows until the signal is aborted. @throws TowlineError as `FleetFollower.start` */
  async start(): Promise<void> {
    const { log, signal } = this.#options;
    await this.#follower.start();
    const timers = [
      setInterval(() => {
        this.look().catch(error => log.error({ err: error }, 'main cannot be followed'));
      }, refsIntervalMs),
      setInterval(() => this.watch.look(), watchIntervalMs),
    ];
    signal.addEventListener('abort', () => timers.forEach(clearInterval), { once: true });
  }

  get trusted(): TrustedState | undefined {
    return this.#follower.trusted;
  }

  /** Those of main, as they were read. */
  get files(): FleetLoader['files'] {
    return this.#loader.files;
  }

  /** Why the walk does not reach the head of main. */
  get stopped(): WalkStop | undefined {
    return this.#follower.state.stopped;
  }

  /** Reads the refs, and walks if main moved. @param again also if it did not */
  async look(again = false): Promise<void> {
    await this.#options.refs.refresh();
    await this.#follower.look(again);
  }

  metrics(): Metric[] {
    const { stopped, problems } = this.#follower.state;
    return [
      gauge('towline_gateway_walk_stopped', '1 while the head of main is not trusted.', stopped ? 1 : 0),
      gauge(
        'towline_gateway_main_following',
        '0 while main does not follow the forge, or the walk does not follow main.',
        this.watch.look().following ? 1 : 0,
      ),
      gauge('towline_gateway_fleet_problems', 'Errors in the files of the trusted fleet.', problems),
    ];
  }

  state(): object {
    return { ...this.#follower.state, main: this.watch.look() };
  }

  async close(): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
