/** One agent, wired from its configuration: everything that a pass needs, for as long as the program runs. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { BaseLogger } from 'pino';
import { desiredState } from '../core/desired/desired-state.ts';
import type { DesiredState } from '../core/desired/state.ts';
import type { Problem } from '../core/errors.ts';
import type { Clock } from '../core/io/clock.ts';
import { readDeviceKeys, sshKeyOf } from '../core/io/device-keys.ts';
import type { Dialler } from '../core/io/dialler.ts';
import { createDialler } from '../core/io/https-dialler.ts';
import type { ObservedState } from '../core/plan/observed.ts';
import { ObjectReader } from '../core/trust/object-reader.ts';
import type { ObjectId } from '../core/trust/object-source.ts';
import type { StatusFile } from '../schemas/types.generated.ts';
import { applyPlan } from './apply/apply.ts';
import { presentTrees } from './apply/file-trees.ts';
import { projectFolders } from './apply/project-folders.ts';
import { ProjectStore } from './apply/project-store.ts';
import type { AgentConfig } from './config.ts';
import type { Engine } from './engine.ts';
import { observe } from './observe/observe.ts';
import { appliedCommit, outcomeOf, type PassFacts } from './pass-facts.ts';
import { reconcile } from './reconcile.ts';
import { Report } from './report/report.ts';
import type { PassLog, Rooms } from './rooms.ts';
import { SecretOpener } from './secrets/secret-opener.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { Source } from './source/source.ts';
import { statusOf } from './status.ts';
import type { TunnelController } from './tunnel/controller.ts';
import { OpeningTimesFile } from './tunnel/opening-times.ts';
import { TunnelWhenNeeded } from './tunnel-when-needed.ts';
import { staleness } from './verify/freshness.ts';
import { trustedCommitFile } from './verify/trusted-commit.ts';
import { type Verdict, Verifier } from './verify/verify.ts';

export type AgentLog = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: object): AgentLog;
};

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: AgentLog;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly version: string;
}

/** Telemetry settings before a commit is trusted: a status, no logs. */
const noSettings = { telemetryLogs: false, telemetryMaxBytesPerDay: 0, telemetryMaxOutboxBytes: 0 };

export class Agent {
  readonly #options: AgentOptions;
  readonly #startedMs: number;
  readonly #source: Source;
  readonly #verifier: Verifier;
  readonly #store: ProjectStore;
  readonly #report: Report;
  readonly #tunnel: TunnelController;
  readonly dialler: Dialler;
  #desired:
    | { commit: ObjectId; result: { desired?: DesiredState; problems: readonly Problem[] } }
    | undefined;
  #engineVersion: string | undefined;
  #observed: ObservedState | undefined;
  #lastProjects: StatusFile['projects'];
  #lastApplied: string | undefined;

  private constructor(options: AgentOptions, dialler: Dialler, report: Report, sshKey: string) {
    const { config, clock, log, random } = options;
    const { stateDirectory } = config;
    const state = (name: string): string => path.join(stateDirectory, name);
    this.#options = options;
    this.#startedMs = clock.now();
    this.dialler = dialler;
    this.#report = report;
    this.#lastProjects = report.last.projects;
    this.#lastApplied = report.last.applied;
    this.#source = new Source({ folder: state('store'), dialler, limits: defaultSourceLimits, clock });
    const { anchor, fleet, device } = config;
    this.#verifier = new Verifier({ anchor, fleet, file: trustedCommitFile(stateDirectory) });
    this.#store = new ProjectStore({
      stateDirectory,
      onDamage: (file, error) => log.warn({ file, error: String(error) }, 'a damaged file is left out'),
    });
    const openings = new OpeningTimesFile(state('tunnel.json'));
    this.#tunnel = new TunnelWhenNeeded(async () => {
      const { SshTunnelController } = await import('./tunnel/tunnel-controller.ts');
      return new SshTunnelController({ dialler, device, sshKey, openings, clock, log, random });
    }, openings);
  }

  /** @throws TowlineError AGENT_KEYS */
  static async create(options: AgentOptions): Promise<Agent> {
    const { config, clock, log } = options;
    const { stateDirectory, fleet, device, proxy } = config;
    const keys = await readDeviceKeys(path.join(stateDirectory, 'keys'));
    const dialler = createDialler({
      gateways: config.gateways.map(gateway => ({ ...gateway, sshHostKeys: gateway.sshHostKeys ?? [] })),
      key: keys.tlsKey,
      certificate: keys.tlsCertificate,
      log,
      ...(proxy === undefined ? {} : { proxy }),
    });
    const folder = path.join(stateDirectory, 'report');
    const report = await Report.open({ folder, fleet, device, key: sshKeyOf(keys), dialler, clock });
    return new Agent(options, dialler, report, keys.sshKey);
  }

  /** One pass. @throws the signal's reason when it was aborted */
  async pass(
    telemetryDue: boolean,
    signal: AbortSignal,
  ): Promise<{ facts: PassFacts; desired: DesiredState | undefined }> {
    const pass = randomBytes(6).toString('hex');
    const log = this.#options.log.child({ pass });
    const facts = await reconcile(this.#rooms(log), { pass, log, telemetryDue }, signal);
    const { steps, pushed, verdict } = facts;
    const ended = { outcome: outcomeOf(facts), steps, pushed, trusted: verdict?.trusted.commit };
    log[steps > 0 || pushed ? 'info' : 'debug'](ended, 'pass ended');
    return { facts, desired: facts.desired };
  }

  async stop(): Promise<void> {
    await this.#tunnel.stop();
    await this.dialler.close();
  }

  #rooms(log: PassLog): Rooms {
    return {
      fetch: async (_log, signal) => this.#source.fetch(await this.#verifier.commit(log), log, signal),
      known: () => this.#source.known(log),
      markDamaged: reason => this.#source.markDamaged(reason),
      verify: async (head, _log, signal) => {
        await using objects = this.#source.objects();
        return await this.#verifier.verify(objects, head, log, signal);
      },
      desired: commit => this.#desiredAt(commit),
      stale: (desired, verdict, candidate, signal) =>
        this.#stale(desired, verdict, candidate?.timestamp, signal),
      observe: (desired, signal) => this.#observe(desired, signal),
      memory: async desired => {
        const nowMs = this.#options.clock.now();
        // Noted before the plan is made, at the plan's own time: else its end moves and the tunnel is opened anew.
        await this.#store.noteTunnel(desired.tunnel, nowMs);
        return await this.#store.memory(nowMs);
      },
      apply: (plan, desired, observed, _log, signal) =>
        applyPlan({
          plan,
          desired,
          observed,
          observe: again => this.#observe(desired, again),
          engine: this.#options.engine,
          tunnel: this.#tunnel,
          store: this.#store,
          secrets: new SecretOpener(this.#options.config.stateDirectory),
          clock: this.#options.clock,
          log,
          signal,
          settings: {
            stateDirectory: this.#options.config.stateDirectory,
            runtimeDirectory: this.#options.config.runtimeDirectory,
            parallelPulls: this.#options.config.parallelPulls,
          },
        }),
      report: (facts, due, signal) => this.#publish(facts, due, signal),
    };
  }

  /** The same commit gives the same bytes, so it is read once. */
  async #desiredAt(commit: ObjectId): Promise<{ desired?: DesiredState; problems: readonly Problem[] }> {
    if (this.#desired?.commit !== commit) {
      await using objects = this.#source.objects();
      const { device, projectPrefix } = this.#options.config;
      const reader = new ObjectReader(objects);
      const prefix = projectPrefix === undefined ? {} : { projectPrefix };
      const { state, problems } = await desiredState({ reader, commit, device, ...prefix });
      this.#desired = { commit, result: { ...(state === undefined ? {} : { desired: state }), problems } };
      if (state !== undefined) this.dialler.use(state.gateways);
    }
    return this.#desired.result;
  }

  async #stale(
    desired: DesiredState | undefined,
    verdict: Verdict | undefined,
    timestamp: ObjectId | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const maxAgeMs = desired?.settings.freshnessMaxAgeMs;
    if (maxAgeMs === undefined || verdict === undefined) return undefined;
    await using objects = this.#source.objects();
    // A clock that was set back makes nothing fresh again.
    const nowMs = Math.max(this.#options.clock.now(), this.#report.newestMs);
    return await staleness({ objects, trusted: verdict.trusted, timestamp, maxAgeMs, nowMs }, signal);
  }

  async #observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState> {
    const { engine, config } = this.#options;
    this.#engineVersion ??= (
      await engine.call<{ Version: string }>({ method: 'GET', path: '/version' }, signal)
    ).Version;
    this.#observed = await observe({
      engine,
      device: config.device,
      projectNames: desired.projects.map(({ name }) => name),
      disk: {
        trees: project => presentTrees(projectFolders(config, project)),
        locked: async () => false,
      },
      tunnel: this.#tunnel.observe(),
      engineVersion: this.#engineVersion,
      signal,
    });
    return this.#observed;
  }

  async #publish(facts: PassFacts, due: boolean, signal: AbortSignal): Promise<boolean> {
    const { config, version, clock, engine, log } = this.#options;
    const status = statusOf(facts, {
      fleet: config.fleet,
      device: config.device,
      version,
      startedMs: this.#startedMs,
      nowMs: clock.now(),
      trustedCommit: await this.#verifier.commit(log),
      tunnel: this.#tunnel.observe(),
      lastProjects: this.#lastProjects,
      lastApplied: this.#lastApplied,
    });
    if (facts.applied !== undefined)
      this.#lastProjects = status.projects.filter(({ state }) => state !== 'removed');
    this.#lastApplied = appliedCommit(facts) ?? this.#lastApplied;
    const settings = facts.desired?.settings ?? noSettings;
    const containers = this.#observed?.containers ?? [];
    return this.#report.publish({ status, containers, settings, engine, due }, signal);
  }
}
