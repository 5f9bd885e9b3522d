/** One agent, wired from its configuration: everything that a pass needs, for as long as the program runs. */

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DesiredState } from '../core/desired/state.ts';
import { isTowlineError } from '../core/errors.ts';
import type { Clock } from '../core/io/clock.ts';
import { readDeviceKeys, sshKeyOf } from '../core/io/device-keys.ts';
import type { Dialler } from '../core/io/https/dialler.ts';
import { createDialler } from '../core/io/https/https-dialler.ts';
import type { ProgramLog } from '../core/log.ts';
import { desiredNow, memoryNow } from '../core/plan/wishes.ts';
import type { ObjectId } from '../core/trust/git/object-source.ts';
import { applyPlan } from './apply/apply.ts';
import { DesiredReader } from './pass/desired-reader.ts';
import { outcomeOf, type PassFacts } from './pass/pass-facts.ts';
import { troublesOf } from './pass/pass-troubles.ts';
import { Publisher } from './pass/publisher.ts';
import { PullStatus } from './pass/pull-status.ts';
import { ReadingMark } from './pass/reading-mark.ts';
import { reconcile } from './pass/reconcile.ts';
import type { Rooms } from './pass/rooms.ts';
import type { AgentConfig } from './program/config.ts';
import { DeviceTime } from './program/device-time.ts';
import { compileFast } from './program/small-memory.ts';
import { ProjectStore } from './projects/project-store.ts';
import { Report } from './report/report.ts';
import type { Engine } from './runtime/engine/engine.ts';
import { EngineView } from './runtime/engine/engine-view.ts';
import { SecretOpener } from './secrets/secret-opener.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { Source } from './source/source.ts';
import type { TunnelController } from './tunnel/controller.ts';
import { OpeningTimesFile } from './tunnel/opening-times.ts';
import { TunnelWhenNeeded } from './tunnel/tunnel-when-needed.ts';
import { DeviceFreshness } from './verify/device-freshness.ts';
import { holderFile, trustedCommitFile } from './verify/trusted-commit.ts';
import { Verifier } from './verify/verify.ts';

/** What an agent is wired from. */
export interface AgentOptions {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: ProgramLog;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly version: string;
}

export class Agent {
  readonly #options: AgentOptions;
  readonly #source: Source;
  readonly #verifier: Verifier;
  readonly #freshness: DeviceFreshness;
  readonly #desired: DesiredReader;
  readonly #reading: ReadingMark;
  readonly #store: ProjectStore;
  readonly #publisher: Publisher;
  readonly #tunnel: TunnelController;
  readonly #time: DeviceTime;
  readonly #view: EngineView;
  readonly dialler: Dialler;
  #waiting: ((facts: PassFacts) => void)[] = [];

  private constructor(
    options: AgentOptions,
    parts: { time: DeviceTime; dialler: Dialler; report: Report; tunnel: TunnelController },
  ) {
    const { config, engine, log, version, clock } = options;
    const { time, dialler, report, tunnel } = parts;
    const { stateDirectory, anchor, fleet, device, projectPrefix = '' } = config;
    this.#options = options;
    this.#time = time;
    this.dialler = dialler;
    this.#tunnel = tunnel;
    const folder = path.join(stateDirectory, 'store');
    this.#source = new Source({ folder, dialler, limits: defaultSourceLimits, clock: time });
    const objects = () => this.#source.objects();
    const holders = holderFile(stateDirectory);
    this.#verifier = new Verifier({ anchor, fleet, file: trustedCommitFile(stateDirectory), holders });
    const clocks = { nowMs: () => time.now(), wallMs: () => clock.now() };
    this.#freshness = new DeviceFreshness({ objects, ...clocks });
    this.#reading = new ReadingMark(stateDirectory);
    this.#desired = new DesiredReader({
      ...{ device, projectPrefix, objects, mark: this.#reading },
      onRead: ({ gateways }) => dialler.use(gateways),
    });
    this.#store = new ProjectStore({
      ...config,
      onDamage: (file, error) => log.warn({ file, error: String(error) }, 'a damaged file is left out'),
      onNoRoom: (file, error) => log.warn({ file, error: String(error) }, 'no room to write this down'),
    });
    this.#view = new EngineView({ engine, config, tunnel, clock: time, log });
    const containers = () => this.#view.containers;
    const trusted = () => this.#verifier.commit(log);
    const told = { fleet, device, version, report, tunnel, engine, time, trusted, containers };
    this.#publisher = new Publisher(told, time.now());
  }

  /** @throws TowlineError AGENT_KEYS */
  static async create(options: AgentOptions): Promise<Agent> {
    const { config, log, random } = options;
    const time = await DeviceTime.open(options.clock, config.stateDirectory);
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
    const key = sshKeyOf(keys);
    const report = await Report.open({ folder, fleet, device, key, dialler, clock: time });
    const openings = new OpeningTimesFile(path.join(stateDirectory, 'tunnel.json'));
    const tunnel = new TunnelWhenNeeded(async () => {
      compileFast();
      const { SshTunnelController } = await import('./tunnel/tunnel-controller.ts');
      const { sshKey } = keys;
      return new SshTunnelController({ dialler, device, sshKey, openings, clock: time, log, random });
    }, openings);
    return new Agent(options, { time, dialler, report, tunnel });
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

  #rooms(log: ProgramLog, urgent: boolean): Rooms {
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
        const { desired, problems } = await this.#desired.at(commit);
        if (desired === undefined) return { problems };
        const untimely = this.#time.unsynchronised !== undefined;
        const noNewTunnel = untimely && this.#tunnel.observe().state === 'closed';
        return { desired: desiredNow(desired, { urgent, noNewTunnel }), problems };
      },
      stale: async (desired, verdict, candidate, signal) => {
        const maxAgeMs = desired?.settings.freshnessMaxAgeMs;
        if (maxAgeMs === undefined || verdict === undefined) return undefined;
        const { trusted } = verdict;
        return await this.#freshness.problem({ trusted, timestamp: candidate?.timestamp, maxAgeMs }, signal);
      },
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
          publish: now => this.#publisher.publish({ ...facts, pulls: now }, false, signal),
        });
        const applied = applyPlan({
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
        });
        return await applied.finally(() => pulls.settled());
      },
      report: (facts, due, signal) => this.#publisher.publish(facts, due, signal),
    };
  }

  /** What the commit says, before the circumstances of a pass. */
  #wished(desired: DesiredState): DesiredState {
    return this.#desired.wished ?? desired;
  }

  /**
   * Before the first fetch of a start: the addresses and pins of the commit that is trusted already. What stands in
   * agent.yaml may be older than the gateway's keys.
   */
  async #learnGateways(trusted: ObjectId, log: ProgramLog): Promise<void> {
    if (this.#desired.hasRead || (await this.#reading.isLeft(log))) return;
    try {
      if ((await this.#source.known(log)) !== undefined) await this.#desired.at(trusted);
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      log.debug({ code: error.code }, 'the trusted commit cannot be read before the fetch');
    }
  }
}
