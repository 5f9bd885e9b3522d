/** Docker or Podman as what runs the apps: what it has is kept true by its events, or looked up anew without them. */

import type { DesiredState } from '../../../core/desired/state.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import type { ImageSource } from '../../images/image-endpoint.ts';
import type { FolderOptions } from '../../projects/project-folders.ts';
import type { ProjectStore } from '../../projects/project-store.ts';
import { OpenedSecrets, type SecretAccess } from '../../secrets/opened-secrets.ts';
import type {
  LastWords,
  LogAsk,
  LogPlace,
  Needs,
  OnStarts,
  Run,
  RunStep,
  Runtime,
  TakeEntries,
} from '../runtime.ts';
import { adoptable } from './adoptable.ts';
import { Adoption } from './adoption.ts';
import { followStarts } from './container-starts.ts';
import { createDiskView } from './disk-view.ts';
import type { Engine } from './engine.ts';
import type { EventEar } from './engine-event.ts';
import { watchEngine } from './engine-events.ts';
import { EngineMachine } from './engine-machine.ts';
import { stepsIn } from './executors.ts';
import { collectImages } from './image-collector.ts';
import { Inspections } from './inspections.ts';
import { readLastWords } from './last-words.ts';
import { LogPlaces } from './log-places.ts';
import { readEntries } from './log-reader.ts';
import { observe } from './observe.ts';
import { type DataSteps, defaultSettings, type EngineSettings } from './run-context.ts';

export interface EngineRuntimeOptions {
  readonly engine: Engine;
  readonly device: string;
  readonly folders: FolderOptions;
  readonly store: ProjectStore;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** Hears the events of the engine while it is watched. */
  readonly ear?: EventEar;
  readonly drained?: (container: string, signal: AbortSignal) => Promise<void>;
  /** Where images come from that come through the gateway; without it none do. */
  readonly images?: ImageSource;
  /** Keeps data and puts it back; without it such a step fails. */
  readonly data?: DataSteps;
  /** Opens secrets, to compare what docker compose has made with; without it none are. */
  readonly secrets?: SecretAccess;
  readonly settings?: Partial<EngineSettings>;
}

export class EngineRuntime implements Runtime {
  readonly #options: EngineRuntimeOptions;
  readonly #settings: EngineSettings;
  readonly #inspections = new Inspections();
  readonly #places: LogPlaces;
  readonly #machine: EngineMachine;
  readonly #adoption: Adoption;

  constructor(options: EngineRuntimeOptions) {
    this.#options = options;
    this.#adoption = new Adoption(options.engine);
    this.#places = new LogPlaces(options.engine);
    this.#settings = { ...defaultSettings, ...options.settings };
    this.#machine = new EngineMachine(options.engine, this.#settings.freeSpace);
  }

  async observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState> {
    const { engine, device, folders, log, store, data } = this.#options;
    const onRefused = (project: string, message: string) =>
      log.warn({ project, message }, 'a lock cannot be looked for, and holds nothing');
    await this.#machine.learnVersion(signal);
    const capability = await this.#machine.capability(signal);
    const projects = await adoptable(desired, store);
    const secrets = new OpenedSecrets(this.#options.secrets, desired);
    const adopting = { adoption: this.#adoption, projects, secrets };
    const observed = await observe({
      engine,
      device,
      projectNames: desired.projects.map(({ name }) => name),
      disk: createDiskView({ engine, folders, projects: desired.projects, onRefused }, signal),
      inspections: this.#inspections,
      ...(data === undefined ? {} : { onHelpers: helpers => data.sweep(engine, helpers, signal) }),
      engineVersion: this.#machine.version,
      imageIds: await store.imageIds(),
      ...(projects.size === 0 ? {} : { adopting }),
      signal,
    });
    return { ...observed, capability };
  }

  async answers(signal: AbortSignal): Promise<void> {
    this.#machine.forget();
    await this.#machine.learnVersion(signal);
  }

  begin({ images: imageSettings, ...run }: Run): RunStep {
    const { engine, store, clock, folders, drained, images, data } = this.#options;
    const room = { engine, store, clock, folders, drained, images, data, settings: this.#settings };
    return stepsIn({
      ...run,
      ...room,
      imageSettings,
      unkept: new Set(),
      created: new Map(),
      networks: new Map(),
    });
  }

  /** Also across restarts of the engine. */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { engine, device, clock, ear } = this.#options;
    const stream: Engine['stream'] = (request, again) => {
      // It may be another version that comes back.
      this.#machine.forget();
      this.#adoption.forget();
      return engine.stream(request, again);
    };
    await watchEngine({
      ...{ device, clock, onChange, ear, signal },
      engine: { call: engine.call, stream },
      inspections: this.#inspections,
      isAdopted: container => this.#adoption.has(container),
    });
  }

  logEntries(ask: LogAsk, take: TakeEntries, signal: AbortSignal): Promise<void> {
    return readEntries(this.#options.engine, ask, take, signal);
  }

  logPlace(container: string, signal: AbortSignal): Promise<LogPlace> {
    return this.#places.of(container, signal);
  }

  starts(on: OnStarts, signal: AbortSignal): Promise<void> {
    const { engine, device, clock } = this.#options;
    return followStarts({ engine, device, clock, on, signal });
  }

  lastWords(container: string, signal: AbortSignal): Promise<LastWords> {
    return readLastWords(this.#options.engine, container, signal);
  }

  async tidy(needs: Needs, signal: AbortSignal): Promise<string[]> {
    const { minimumFreeBytes, freeSpace, imageMaxAgeMs: maxAgeMs } = this.#settings;
    // Before a pull is refused for want of space, there should be some again.
    const space = { minimumFreeBytes: 2 * minimumFreeBytes, freeSpace };
    const { engine, store } = this.#options;
    const imageIds = await store.imageIds();
    return await collectImages({ engine, maxAgeMs, imageIds, ...space }, needs, signal);
  }
}
