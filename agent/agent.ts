/** One agent, wired from its configuration: everything that a pass needs, for as long as the program runs. */

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DesiredState } from '../core/desired/state.ts';
import { readDeviceKeys } from '../core/io/device-keys.ts';
import type { Dialler } from '../core/io/https/dialler.ts';
import type { StatusFile } from '../schemas/types.generated.ts';
import { WayIn } from './access/way-in.ts';
import { ImageDownloads } from './apply/image-downloads.ts';
import { deviceData } from './backup/stores/device-data.ts';
import type { DeviceStores } from './backup/stores/device-stores.ts';
import { Carried } from './bundle/carried.ts';
import { imagesWhenNeeded } from './images/images-when-needed.ts';
import { wordsWith } from './pass/agent-status.ts';
import { DesiredReader } from './pass/desired-reader.ts';
import { DeviceRooms } from './pass/device-rooms.ts';
import type { PassFacts } from './pass/pass-facts.ts';
import { tellEnd } from './pass/pass-troubles.ts';
import { Publisher } from './pass/publisher.ts';
import { ReadingMark } from './pass/reading-mark.ts';
import { look, reconcile } from './pass/reconcile.ts';
import type { AgentOptions } from './program/agent-options.ts';
import { deviceDialler } from './program/device-dialler.ts';
import { DeviceTime } from './program/device-time.ts';
import { compileFast } from './program/small-memory.ts';
import { ProjectStore } from './projects/project-store.ts';
import { RolloutClock } from './rollout/rollout-clock.ts';
import { EngineRuntime } from './runtime/engine/engine-runtime.ts';
import { SecretOpener } from './secrets/secret-opener.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { Source } from './source/source.ts';
import { hostVersions } from './telemetry/metrics/host/host-versions.ts';
import { DeviceTelemetry } from './telemetry/parts/device-telemetry.ts';
import { Retries } from './trigger/retries.ts';
import { noUpdates, type SelfUpdate } from './update/self-update.ts';
import { DeviceFreshness } from './verify/device-freshness.ts';
import { holderFile, trustedCommitFile } from './verify/trusted-commit.ts';
import { Verifier } from './verify/verify.ts';

/** What an agent has opened before it is wired. */
interface Opened {
  readonly time: DeviceTime;
  readonly dialler: Dialler;
  readonly telemetry: DeviceTelemetry;
  readonly wayIn: WayIn;
  readonly rollouts: RolloutClock;
}

export class Agent {
  readonly dialler: Dialler;
  readonly runtime: EngineRuntime;
  readonly downloads: ImageDownloads;
  readonly wayIn: WayIn;
  readonly rollouts: RolloutClock;
  readonly stores: DeviceStores;
  readonly retries: Retries;
  readonly store: ProjectStore;
  readonly update: SelfUpdate;
  readonly #rooms: DeviceRooms;
  readonly #parts: Pick<Opened, 'time' | 'telemetry'> & Pick<AgentOptions, 'log'>;
  #waiting: PromiseWithResolvers<PassFacts>[] = [];

  private constructor(
    { config, engine, log, version, clock, update = noUpdates() }: AgentOptions,
    { time, dialler, telemetry, wayIn, rollouts }: Opened,
  ) {
    const { stateDirectory, anchor, fleet, device, projectPrefix = '', parallelPulls } = config;
    const folder = path.join(stateDirectory, 'store');
    const source = new Source({ folder, dialler, limits: defaultSourceLimits, clock: time });
    const objects = () => source.objects();
    const carried = new Carried({ stateDirectory, fleet, source });
    const [file, holders] = [trustedCommitFile(stateDirectory), holderFile(stateDirectory)];
    const verifier = new Verifier({ anchor, fleet, file, holders, stays: () => update.isOnTrial });
    const freshness = new DeviceFreshness({ objects, time, wallMs: () => clock.now() });
    const mark = new ReadingMark(stateDirectory);
    const secrets = new SecretOpener(stateDirectory);
    const { data, stores, backups } = deviceData({ config, engine, secrets, clock: time, log });
    const onRead = (desired: DesiredState): void => {
      dialler.use(desired.gateways);
      wayIn.read(desired);
      stores.use(desired);
    };
    const reader = new DesiredReader({ device, projectPrefix, objects, mark, onRead });
    const store = new ProjectStore({
      ...{ ...config, backups },
      onDamage: (file, error) => log.warn({ file, error: String(error) }, 'a damaged file is left out'),
      onNoRoom: (file, error) => log.warn({ file, error: String(error) }, 'no room to write this down'),
    });
    const runtime = new EngineRuntime({
      ...{ engine, secrets, device, folders: config, store, clock: time, log, data },
      ear: telemetry.ear,
      drained: (container, signal) => telemetry.drained(container, signal),
      images: imagesWhenNeeded({ dialler: carried.atHand.images(dialler), clock: time, log }, each =>
        carried.atHand.brings(each),
      ),
    });
    this.downloads = new ImageDownloads({ runtime, store, secrets, clock: time, log });
    const onStatus = (status: StatusFile) => telemetry.ear.saw(status);
    const agent = () => wordsWith(update.slot, update.said());
    const seen = { host: hostVersions, onStatus, settle: () => telemetry.settle(), agent };
    const [{ report }, { tunnel }] = [telemetry, wayIn];
    const told = { fleet, device, version, report, tunnel, wayIn, time, store, ...seen };
    this.#rooms = new DeviceRooms({
      ...{ source, carried, verifier, freshness, reader, store, runtime, tunnel, time, parallelPulls },
      ...{ rollouts, logins: wayIn, folders: config, secrets, downloads: this.downloads, update },
      publisher: new Publisher({ ...told, trusted: () => verifier.commit(log) }, time.now()),
    });
    const isVisited = () => (tunnel.observe().channels ?? 0) > 0;
    update.use({ dialler, isVisited, carried: sha256 => carried.atHand.fileOf(sha256) });
    this.update = update;
    this.dialler = dialler;
    this.stores = stores;
    this.retries = new Retries({ store, time });
    this.store = store;
    this.#parts = { log, time, telemetry };
    this.runtime = runtime;
    this.wayIn = wayIn;
    this.rollouts = rollouts;
  }

  /** @throws TowlineError AGENT_KEYS */
  static async create(options: AgentOptions): Promise<Agent> {
    const { config, log } = options;
    const time = await DeviceTime.open(options.clock, config.stateDirectory);
    const keys = await readDeviceKeys(path.join(config.stateDirectory, 'keys'));
    const dialler = deviceDialler(config, keys, log);
    const opened = { ...options, clock: time, keys, dialler, onMuch: compileFast };
    const telemetry = await DeviceTelemetry.open(opened);
    const wallMs = () => options.clock.now();
    const wayIn = new WayIn({
      ...{ ...options, ...config, clock: time, dialler, hostKey: keys.sshKey, onMuch: compileFast },
      ...{ runtime: () => agent.runtime, status: () => agent.lastStatus },
      wallMs,
      note: noted => telemetry.ear.note(noted),
    });
    const rollouts = await RolloutClock.open(config.stateDirectory, { time, wallMs, log });
    const agent = new Agent(options, { time, dialler, telemetry, wayIn, rollouts });
    return agent;
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
    const log = this.#parts.log.child({ pass });
    const rooms = this.#rooms.of({ log, urgent, signal, beganMs: this.#parts.time.monotonic() });
    const facts = await reconcile(rooms, { pass, log, telemetryDue }, signal).catch((error: unknown) => {
      for (const asked of waiting) asked.reject(error);
      throw error;
    });
    await this.#parts.time
      .persist()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'time not kept'));
    tellEnd(facts, log);
    this.#show(facts);
    // Before an update, which may end this process: who waits hears how the pass went.
    for (const asked of waiting) asked.resolve(facts);
    await this.update.passed(facts, urgent);
    return { facts, desired: facts.desired };
  }

  /** To what collects telemetry: nothing of a pass that did not get to what it should be. */
  #show({ desired, silent, engineVersion }: PassFacts): void {
    if (silent === true) this.#parts.telemetry.look(undefined);
    else if (desired !== undefined)
      this.#parts.telemetry.look({ desired, containers: this.#rooms.containers, engineVersion });
  }

  /** Collects and pushes telemetry beside the passes, until it is aborted. */
  collect(signal: AbortSignal): Promise<void> {
    return this.#parts.telemetry.run(this.runtime, signal);
  }

  /**
   * While a pass goes on: what main says of the tunnel is followed, whatever the pass waits for.
   * @throws the signal's reason when it was aborted
   */
  async look(signal: AbortSignal): Promise<void> {
    const pass = randomBytes(6).toString('hex');
    const log = this.#parts.log.child({ pass });
    const rooms = this.#rooms.of({ log, urgent: false, signal, beganMs: this.#parts.time.monotonic() });
    await look(rooms, { pass, log, telemetryDue: false }, signal);
  }

  /** What waits to be said, for a person to carry away. */
  exportStatus(): ReturnType<DeviceTelemetry['exportStatus']> {
    return this.#parts.telemetry.exportStatus();
  }

  /** The next pass that begins: how it ended. @throws what ended it without an end of its own */
  nextPass(): Promise<PassFacts> {
    const asked = Promise.withResolvers<PassFacts>();
    this.#waiting.push(asked);
    return asked.promise;
  }

  get lastStatus(): StatusFile | undefined {
    return this.#rooms.said;
  }

  async stop(): Promise<void> {
    await Promise.all([this.downloads.stop(), this.wayIn.stop()]);
    await this.dialler.close();
  }
}
