/** One agent, wired from its configuration: everything that a pass needs, for as long as the program runs. */

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { desiredState } from '../core/desired/desired-state.ts';
import type { DesiredState } from '../core/desired/state.ts';
import { isTowlineError, type Problem } from '../core/errors.ts';
import { readDeviceKeys, sshKeyOf } from '../core/io/device-keys.ts';
import type { Dialler } from '../core/io/https/dialler.ts';
import { createDialler } from '../core/io/https/https-dialler.ts';
import { isClockSynchronised } from '../core/io/synchronised-clock.ts';
import type { Log } from '../core/log.ts';
import { desiredNow, memoryNow } from '../core/plan/wishes.ts';
import { ObjectReader } from '../core/trust/git/object-reader.ts';
import type { ObjectId } from '../core/trust/git/object-source.ts';
import { firstHolder } from '../core/trust/holders/first-holder.ts';
import type { ReachedMemory } from '../core/trust/reached.ts';
import type { StatusFile } from '../schemas/types.generated.ts';
import type { AgentOptions } from './agent-options.ts';
import { type ApplyOptions, applyPlan } from './apply/apply.ts';
import { appliedCommit, outcomeOf, type PassFacts } from './pass/pass-facts.ts';
import { troublesOf } from './pass/pass-troubles.ts';
import { PullStatus } from './pass/pull-status.ts';
import { ReadingMark } from './pass/reading-mark.ts';
import { reconcile } from './pass/reconcile.ts';
import type { Rooms } from './pass/rooms.ts';
import { statusOf } from './pass/status.ts';
import { DeviceTime } from './program/device-time.ts';
import { compileFast } from './program/small-memory.ts';
import { ProjectStore } from './projects/project-store.ts';
import { Report } from './report/report.ts';
import { EngineView } from './runtime/engine/engine-view.ts';
import { SecretOpener } from './secrets/secret-opener.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { Source } from './source/source.ts';
import type { TunnelController } from './tunnel/controller.ts';
import { OpeningTimesFile } from './tunnel/opening-times.ts';
import { TunnelWhenNeeded } from './tunnel/tunnel-when-needed.ts';
import { staleness } from './verify/freshness.ts';
import { holderFile, trustedCommitFile } from './verify/trusted-commit.ts';
import { type Verdict, Verifier } from './verify/verify.ts';

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
  readonly #time: DeviceTime;
  readonly #view: EngineView;
  readonly #reading: ReadingMark;
  #waiting: ((facts: PassFacts) => void)[] = [];
  #lastProjects: StatusFile['projects'];
  #lastApplied: string | undefined;
  readonly #reached: ReachedMemory = {};

  private constructor(
    options: AgentOptions,
    clock: DeviceTime,
    dialler: Dialler,
    report: Report,
    sshKey: string,
  ) {
    const { config, engine, log, random } = options;
    this.#time = clock;
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
    const holders = holderFile(stateDirectory);
    this.#verifier = new Verifier({ anchor, fleet, file: trustedCommitFile(stateDirectory), holders });
    this.#store = new ProjectStore({
      ...config,
      onDamage: (file, error) => log.warn({ file, error: String(error) }, 'a damaged file is left out'),
      onNoRoom: (file, error) => log.warn({ file, error: String(error) }, 'no room to write this down'),
    });
    this.#reading = new ReadingMark(stateDirectory);
    const openings = new OpeningTimesFile(state('tunnel.json'));
    this.#tunnel = new TunnelWhenNeeded(async () => {
      compileFast();
      const { SshTunnelController } = await import('./tunnel/tunnel-controller.ts');
      return new SshTunnelController({ dialler, device, sshKey, openings, clock, log, random });
    }, openings);
    this.#view = new EngineView({ engine, config, tunnel: this.#tunnel, clock, log });
  }

  /** @throws TowlineError AGENT_KEYS */
  static async create(options: AgentOptions): Promise<Agent> {
    const { config, log } = options;
    const clock = await DeviceTime.open(options.clock, config.stateDirectory);
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
    return new Agent(options, clock, dialler, report, keys.sshKey);
  }

  /**
   * One pass.
   * @param urgent a person at the device asked for it: no waiting for a window or for the next try
   * @throws the signal's reason when it was aborted
   */
  async pass(
    telemetryDue: boolean,
    signal: AbortSignal,
    urgent = false,
  ): Promise<{ facts: PassFacts; desired: DesiredState | undefined }> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const pass = randomBytes(6).toString('hex');
    const log = this.#options.log.child({ pass });
    const facts = await reconcile(this.#rooms(log, urgent), { pass, log, telemetryDue }, signal);
    await this.#time.persist().catch((error: unknown) => log.warn({ error: String(error) }, 'time not kept'));
    const { steps, pushed, verdict } = facts;
    const ended = { outcome: outcomeOf(facts), steps, pushed, trusted: verdict?.trusted.commit };
    const isNews = steps > 0 || pushed;
    const troubles = troublesOf(facts);
    if (isNews && troubles.length > 0) log.warn({ troubles }, 'not all is as the commit says');
    log[isNews ? 'info' : 'debug'](ended, 'pass ended');
    for (const tell of waiting) tell(facts);
    return { facts, desired: facts.desired };
  }

  /** The next pass that begins: how it ended. */
  nextPass(): Promise<PassFacts> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** No project is touched before `untilMs`; undefined takes it back. */
  hold(untilMs: number | undefined): Promise<void> {
    return this.#store.hold(untilMs);
  }

  /** Follows the engine's events: `onChange` means look again. Never throws. */
  watchEngine(onChange: () => void, signal: AbortSignal): Promise<void> {
    return this.#view.watch(onChange, signal);
  }

  async stop(): Promise<void> {
    await this.#tunnel.stop();
    await this.dialler.close();
  }

  #rooms(log: Log, urgent: boolean): Rooms {
    return {
      fetch: async (_log, signal) => {
        const trusted = await this.#verifier.commit(log);
        await this.#learnGateways(trusted, log);
        return await this.#source.fetch(trusted, log, signal);
      },
      known: () => this.#source.known(log),
      markDamaged: reason => this.#source.markDamaged(reason),
      verify: async (head, _log, signal) => {
        await using objects = this.#source.objects();
        const verdict = await this.#verifier.verify(objects, head, log, signal);
        this.#time.saw(verdict.trusted.lineTimeSec * 1000);
        return verdict;
      },
      desired: async commit => {
        const { desired, problems } = await this.#desiredAt(commit);
        if (desired === undefined) return { problems };
        const untimely = this.#time.unsynchronised !== undefined;
        const noNewTunnel = untimely && this.#tunnel.observe().state === 'closed';
        return { desired: desiredNow(desired, { urgent, noNewTunnel }), problems };
      },
      stale: (desired, verdict, candidate, signal) =>
        this.#stale(desired, verdict, candidate?.timestamp, signal),
      observe: (desired, signal) => this.#view.observe(desired, signal),
      memory: async desired => {
        const nowMs = this.#time.now();
        // Noted before the plan is made, at the plan's own time: else its end moves and the tunnel is opened anew.
        // What a wrong clock holds back is still wished for.
        await this.#store.noteTunnel(this.#wished(desired).tunnel, nowMs);
        return memoryNow(await this.#store.memory(nowMs), { urgent });
      },
      apply: async (plan, desired, observed, _log, signal, facts) => {
        const pulls = new PullStatus({
          clock: this.#time,
          log,
          publish: now => this.#publish({ ...facts, pulls: now }, false, signal),
        });
        const options: ApplyOptions = {
          plan,
          desired: this.#wished(desired),
          observed,
          observe: again => this.#view.observe(desired, again),
          engine: this.#options.engine,
          tunnel: this.#tunnel,
          store: this.#store,
          secrets: new SecretOpener(this.#options.config.stateDirectory),
          clock: this.#time,
          log,
          signal,
          settings: this.#options.config,
          onPull: progress => pulls.note(progress),
        };
        return await applyPlan(options).finally(() => pulls.settled());
      },
      report: (facts, due, signal) => this.#publish(facts, due, signal),
    };
  }

  /** What the commit says, before the circumstances of a pass. */
  #wished(desired: DesiredState): DesiredState {
    return this.#desired?.result.desired ?? desired;
  }

  /** The same commit gives the same bytes, so it is read once. */
  async #desiredAt(commit: ObjectId): Promise<{ desired?: DesiredState; problems: readonly Problem[] }> {
    if (this.#desired?.commit !== commit) {
      await using objects = this.#source.objects();
      const { device, projectPrefix = '' } = this.#options.config;
      const reader = new ObjectReader(objects);
      const firstOf = (paths: readonly string[]) => firstHolder(reader, commit, { paths });
      const asked = { reader, commit, device, firstOf, projectPrefix };
      const { state, problems } = await this.#reading.around(commit, () => desiredState(asked));
      this.#desired = { commit, result: { ...(state === undefined ? {} : { desired: state }), problems } };
      if (state !== undefined) this.dialler.use(state.gateways);
    }
    return this.#desired.result;
  }

  /**
   * Before the first fetch of a start: the addresses and pins of the commit that is trusted already. What stands in
   * agent.yaml may be older than the gateway's keys.
   */
  async #learnGateways(trusted: ObjectId, log: Log): Promise<void> {
    if (this.#desired !== undefined || (await this.#reading.isLeft(log))) return;
    try {
      if ((await this.#source.known(log)) !== undefined) await this.#desiredAt(trusted);
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.debug({ code: error.code }, 'the trusted commit cannot be read before the fetch');
    }
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
    const nowMs = this.#time.now();
    const wallSec = Math.floor(this.#options.clock.now() / 1000);
    const isKept = () => isClockSynchronised(signal);
    const { trusted } = verdict;
    const memory = this.#reached;
    return await staleness({ objects, trusted, timestamp, maxAgeMs, nowMs, wallSec, isKept, memory }, signal);
  }

  async #publish(facts: PassFacts, due: boolean, signal: AbortSignal): Promise<boolean> {
    const { config, version, engine, log } = this.#options;
    const clockProblem = this.#time.unsynchronised;
    if (clockProblem !== undefined) facts.clockProblem = clockProblem;
    const status = statusOf(facts, {
      fleet: config.fleet,
      device: config.device,
      version,
      startedMs: this.#startedMs,
      nowMs: this.#time.now(),
      trustedCommit: await this.#verifier.commit(log),
      tunnel: this.#tunnel.observe(),
      lastProjects: this.#lastProjects,
      lastApplied: this.#lastApplied,
    });
    if (facts.applied !== undefined)
      this.#lastProjects = status.projects.filter(({ state }) => state !== 'removed');
    this.#lastApplied = appliedCommit(facts) ?? this.#lastApplied;
    const told = facts.desired?.settings ?? noSettings;
    // The line is busy while images are on their way: logs wait for the end of the pass.
    const settings = facts.pulls === undefined ? told : { ...told, telemetryLogs: false };
    const { containers } = this.#view;
    return this.#report.publish({ status, containers, settings, engine, due }, signal);
  }
}
