/** Says how a pass stands: its facts → one status → the report. */

import type { DesiredProject } from '../../core/desired/state.ts';
import { type HostVersions, outdated } from '../../core/telemetry/settings/least-versions.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Report } from '../report/report.ts';
import type { LastLog } from '../runtime/runtime.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import { type AgentWords, ownWords } from './agent-status.ts';
import type { KeptData } from './backup-status.ts';
import { appliedCommit, type PassFacts } from './pass-facts.ts';
import { statusOf } from './status.ts';

export interface PublisherOptions {
  readonly fleet: string;
  readonly device: string;
  readonly version: string;
  readonly report: Report;
  readonly tunnel: Pick<TunnelController, 'observe'>;
  readonly wayIn?: {
    readonly recordings: { readonly said: StatusFile['recordings'] };
    readonly leftRunning: readonly string[];
  };
  /** Has collectors put into the spool what they hold in memory. */
  readonly settle: () => Promise<void>;
  readonly time: { now(): number; readonly unsynchronised: string | undefined };
  /** What the program is, and how its update goes. Default: what it is. */
  readonly agent?: () => AgentWords;
  /** Sees each status before it is pushed. */
  readonly onStatus?: (status: StatusFile) => void;
  /** What the agent runs on. */
  readonly host?: () => HostVersions;
  /** What it remembers of its apps' data; absent: nothing is said of that. */
  readonly store?: { memory(nowMs: number): Promise<KeptData> };
  /** The commit that is trusted, for a pass that did not get so far. */
  readonly trusted: () => Promise<string>;
}

export interface Publishing {
  /** The telemetry schedule asks for a status, changed or not. */
  readonly due: boolean;
  /** Since the pass began, milliseconds. */
  readonly tookMs: number;
}

/** One object for the life of the agent: what a pass did not get to is said as it was said last. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #startedMs: number;
  #lastProjects: StatusFile['projects'];
  #lastApplied: string | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #said: StatusFile | undefined;

  constructor(options: PublisherOptions, startedMs: number) {
    this.#options = options;
    this.#startedMs = startedMs;
    this.#lastProjects = options.report.last.projects;
    this.#lastApplied = options.report.last.applied;
  }

  /**
   * One at a time: a status is said while a pass goes on, too.
   * @returns whether a commit was pushed
   * @throws TowlineError GIT_PUSH_REFUSED, AGENT_…
   */
  publish(facts: PassFacts, how: Publishing, signal: AbortSignal): Promise<boolean> {
    const next = this.#last.then(() => this.#publish(facts, how, signal));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** What was last said, or is being said. */
  get said(): StatusFile | undefined {
    return this.#said;
  }

  /** The newest commit that was carried out here whole. */
  get applied(): string | undefined {
    return this.#lastApplied;
  }

  /** That this very state is not well here was said: to try it again, now and then, is no news. */
  saidUnwell({ name, digest }: Pick<DesiredProject, 'name' | 'digest'>): boolean {
    const last = this.#lastProjects.find(({ project }) => project === name);
    return last !== undefined && last.state !== 'healthy' && last.wanted?.digest === digest;
  }

  /** Sent with the next status. */
  keepLog(log: LastLog): Promise<void> {
    return this.#options.report.keep(log);
  }

  async #publish(facts: PassFacts, how: Publishing, signal: AbortSignal): Promise<boolean> {
    const { fleet, device, version, report, tunnel, settle, time, trusted } = this.#options;
    const clockProblem = time.unsynchronised;
    if (clockProblem !== undefined) facts.clockProblem = clockProblem;
    const host = this.#options.host?.();
    const requires = facts.desired?.settings.requires ?? {};
    if (host !== undefined && Object.keys(requires).length > 0)
      facts.outdated = outdated(requires, host, facts.engineVersion);
    const status = statusOf(facts, {
      ...{ fleet, device, version },
      startedMs: this.#startedMs,
      nowMs: time.now(),
      trustedCommit: await trusted(),
      tunnel: tunnel.observe(),
      recordings: this.#options.wayIn?.recordings.said,
      leftRunning: this.#options.wayIn?.leftRunning,
      lastProjects: this.#lastProjects,
      lastApplied: this.#lastApplied,
      kept: await this.#options.store?.memory(time.now()),
      host,
      agent: (this.#options.agent ?? ownWords)(),
      lastWanted: this.#said?.agent.wanted,
    });
    this.#said = status;
    this.#options.onStatus?.(status);
    if (facts.applied !== undefined)
      this.#lastProjects = status.projects.filter(({ state }) => state !== 'removed');
    this.#lastApplied = appliedCommit(facts) ?? this.#lastApplied;
    // The line is busy while images are on their way: segments wait for the end of the pass.
    const along = facts.pulls === undefined ? { settle } : {};
    return report.publish({ status, settings: facts.desired?.settings, ...along, ...how }, signal);
  }
}
