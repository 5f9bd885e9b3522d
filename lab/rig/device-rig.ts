/** A device on the real engine: desired projects in, passes out. Everything bears a name of its own and is removed. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyPlan } from '../../agent/apply/apply.ts';
import type { LongestTimes } from '../../agent/apply/deadlines.ts';
import type { ApplyOutcome } from '../../agent/apply/outcome.ts';
import type { ApplyOptions } from '../../agent/apply/run-plan.ts';
import type { RunLimits } from '../../agent/apply/run-steps.ts';
import type { DataRoom } from '../../agent/backup/data-room.ts';
import { dataSteps } from '../../agent/backup/data-steps.ts';
import type { ImageSource } from '../../agent/images/image-endpoint.ts';
import type { FolderOptions } from '../../agent/projects/project-folders.ts';
import type { ProjectStore } from '../../agent/projects/project-store.ts';
import { createDiskView } from '../../agent/runtime/engine/disk-view.ts';
import { createEngine, type Engine } from '../../agent/runtime/engine/engine.ts';
import type { ContainerDetails, ContainerSummary } from '../../agent/runtime/engine/engine-answers.ts';
import { EngineRuntime, type EngineRuntimeOptions } from '../../agent/runtime/engine/engine-runtime.ts';
import type { Inspections } from '../../agent/runtime/engine/inspections.ts';
import { observe } from '../../agent/runtime/engine/observe.ts';
import type { DataSteps, EngineSettings } from '../../agent/runtime/engine/run-context.ts';
import type { SecretAccess } from '../../agent/secrets/opened-secrets.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { label } from '../../core/plan/container/labels.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { type Plan, planDevice } from '../../core/plan/plan.ts';
import { ensureEngine } from '../machine/engine.ts';
import { ImageMaker } from '../machine/images.ts';
import { adoptingOf } from './adopting.ts';
import { type Around, wrapped } from './around-steps.ts';
import { clearEngine } from './clear-engine.ts';
import { makeDesired } from './desired.ts';
import { rigRoom, rigStore } from './rig-backups.ts';
import { runInContainer } from './run-in-container.ts';

export interface PassOptions extends Partial<ApplyOptions> {
  /** Instead of the real one, for the steps: it counts calls, or injects faults. */
  readonly engine?: Engine;
  readonly settings?: Partial<EngineSettings & LongestTimes & RunLimits & FolderOptions>;
  readonly parallelSteps?: number;
  /** Where images come from that come through a gateway. */
  readonly images?: ImageSource;
  /** Instead of what reads and writes volumes. */
  readonly data?: DataSteps;
  /** Wraps every step of an app. */
  readonly around?: Around;
}

export interface PassResult {
  readonly plan: Plan;
  readonly outcome: ApplyOutcome;
  readonly reasons: readonly string[];
}

export class DeviceRig {
  readonly engine: Engine;
  readonly images: ImageMaker;
  device: string;
  /** A name for a project that nobody else uses. */
  project: string;
  stateDirectory: string;
  store: ProjectStore;
  /** How far this device's planner is ahead of the clock, milliseconds. */
  aheadMs = 0;
  /** Opens secrets; undefined: nothing does. */
  secrets: SecretAccess | undefined;
  /** Compose projects that apps may take over on this device. */
  adopt: readonly string[] = [];
  readonly signal = new AbortController().signal;
  readonly #lines: string[] = [];

  constructor(socket: string, registry: string) {
    const id = randomBytes(4).toString('hex');
    this.engine = createEngine(socket);
    this.images = new ImageMaker(socket, registry);
    this.device = `rig-${id}`;
    this.project = `rig${id}`;
    this.stateDirectory = mkdtempSync(path.join(tmpdir(), 'towline-rig-'));
    this.store = rigStore(this.stateDirectory);
  }

  static async start(registry = 'towline.invalid'): Promise<DeviceRig> {
    const { socket } = await ensureEngine();
    return new DeviceRig(socket, registry);
  }

  get room(): DataRoom {
    return rigRoom(this.stateDirectory);
  }

  /** An agent that starts again: it knows what is durable. */
  restart(): void {
    this.store = rigStore(this.stateDirectory);
  }

  /** The same device in another process. */
  become(other: { device: string; project: string; stateDirectory: string }): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
    this.device = other.device;
    this.project = other.project;
    this.stateDirectory = other.stateDirectory;
    this.restart();
  }

  async observe(
    names: readonly string[],
    inspections?: Inspections,
    projects: readonly DesiredProject[] = [],
  ): Promise<ObservedState> {
    return observe({
      engine: this.engine,
      device: this.device,
      projectNames: names,
      disk: createDiskView({ engine: this.engine, folders: this, projects }, this.signal),
      imageIds: await this.store.imageIds(),
      ...(inspections === undefined ? {} : { inspections }),
      ...(await adoptingOf(this, projects)),
      signal: this.signal,
    });
  }

  runtime(
    settings: NonNullable<PassOptions['settings']> = {},
    change: Partial<EngineRuntimeOptions> = {},
  ): EngineRuntime {
    const folders = { stateDirectory: this.stateDirectory, ...settings };
    const { engine, device, store } = this;
    const own = { engine, device, store, folders, settings, clock: createSystemClock(), log: { warn() {} } };
    return new EngineRuntime({ ...own, data: dataSteps(this.room), ...change });
  }

  async plan(
    projects: readonly DesiredProject[],
    desired = makeDesired(this.device, projects),
  ): Promise<Plan> {
    const names = projects.map(({ name }) => name);
    const observed = await this.observe(names, undefined, projects);
    return planDevice({ desired, observed, memory: await this.store.memory(Date.now() + this.aheadMs) });
  }

  /** One pass: observe, plan, apply. */
  async pass(
    projects: readonly DesiredProject[],
    options: PassOptions = {},
    inspections?: Inspections,
  ): Promise<PassResult> {
    const { engine = this.engine, settings = {}, parallelSteps, around, images, data, ...others } = options;
    const desired = options.desired ?? makeDesired(this.device, projects);
    const names = projects.map(({ name }) => name);
    const observed = await this.observe(names, inspections, projects);
    const memory = await this.store.memory(Date.now() + this.aheadMs);
    const plan = planDevice({ desired, observed, memory });
    const log = (_: object, message: string) => {
      this.#lines.push(message);
    };
    const folders = { stateDirectory: this.stateDirectory, ...settings };
    const clock = options.clock ?? createSystemClock();
    const runtime = this.runtime(settings, {
      ...{ engine, clock, log: { warn: log }, store: options.store ?? this.store },
      ...(images === undefined ? {} : { images }),
      ...(data === undefined ? {} : { data }),
    });
    const outcome = await applyPlan({
      plan,
      desired,
      observed,
      observe: () => this.observe(names, inspections, projects),
      runtime: around === undefined ? runtime : wrapped(runtime, around),
      store: this.store,
      folders,
      clock,
      log: { debug: log, info: log, warn: log, error: log },
      signal: this.signal,
      limits: { ...settings, ...(parallelSteps === undefined ? {} : { parallelSteps }) },
      ...others,
    });
    return { plan, outcome, reasons: plan.steps.map(({ kind, reason }) => `${kind}: ${reason}`) };
  }

  async containers(): Promise<ContainerSummary[]> {
    const filters = JSON.stringify({ label: [`${label.device}=${this.device}`] });
    return this.engine.call(
      { method: 'GET', path: '/containers/json', query: { all: true, filters } },
      this.signal,
    );
  }

  async inspect(nameOrId: string): Promise<ContainerDetails> {
    return this.engine.call({ method: 'GET', path: `/containers/${nameOrId}/json` }, this.signal);
  }

  post(
    place: string,
    query: Record<string, string | number> = {},
    body: unknown = {},
  ): Promise<{ Id: string }> {
    return this.engine.call({ method: 'POST', path: place, query, body }, this.signal);
  }

  delete(
    place: string,
    query: Record<string, string | number | boolean> = { force: true },
  ): Promise<unknown> {
    return this.engine.call({ method: 'DELETE', path: place, query }, this.signal);
  }

  /** Runs a command in a container. @returns its exit code */
  exec(container: string, command: readonly string[]): Promise<number> {
    return runInContainer(this.engine, container, command);
  }

  /** Removes what bears this device's label or this project's name, and the folders. */
  async [Symbol.asyncDispose](): Promise<void> {
    await clearEngine(this);
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}
