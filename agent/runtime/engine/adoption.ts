/**
 * What docker compose has made and apps of this device take over: looked into each pass, and compared with the states that it may
 * stand for. What a comparison has found is kept as long as the container is there: what it compares does not change in one.
 */
import type { DesiredProject } from '../../../core/desired/state.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { type Fields, fieldsOf } from '../../../core/json.ts';
import { comparedFiles, compareMade } from '../../../core/plan/adoption/compare-made.ts';
import {
  type EngineDefaults,
  type MadeFacts,
  madeContainer,
} from '../../../core/plan/adoption/made-container.ts';
import { readTar } from '../../../core/plan/adoption/read-tar.ts';
import type { ContainerInspection, MadeCompared, ObservedContainer } from '../../../core/plan/observed.ts';
import { serviceDefinition } from '../../../core/plan/service-definition.ts';
import type { OpenedSecrets } from '../../secrets/opened-secrets.ts';
import { type Adoptable, type ComposeContainer, chosenContainers } from './adoptable.ts';
import { anything, members, optional, type Shape, text } from './answer-shape.ts';
import { observedContainer } from './containers.ts';
import type { Engine, EngineRequest } from './engine.ts';
import { type ContainerDetails, type ContainerSummary, containerDetails } from './engine-answers.ts';
import { toInspection } from './inspections.ts';
import { engineStatus } from './refusals.ts';

export interface AdoptionRequest {
  readonly projects: Adoptable;
  readonly secrets: OpenedSecrets;
}

/** What was looked into. */
interface Taken {
  readonly found: readonly ObservedContainer[];
  /** Ids, also of those that went away meanwhile: they are in nobody's way. */
  readonly ids: ReadonlySet<string>;
}

/** One container, and one state that it may stand for. */
interface Looked {
  readonly one: ComposeContainer;
  readonly details: ContainerDetails;
  readonly state: DesiredProject;
  readonly secrets: OpenedSecrets;
}

const archive: Shape<Buffer> = (value): value is Buffer => Buffer.isBuffer(value);
const imageConfig = members({ Config: anything });
const engineDefaults = members({ LoggingDriver: optional(text), DefaultRuntime: optional(text) });

/** `ID` and `ID:rw` are the same; docker compose 1 says the latter. */
function withBothModes(inspection: ContainerInspection): ContainerInspection {
  const volumesFrom = inspection.volumesFrom.flatMap(source => {
    const id = source.replace(/:rw$/, '');
    return id.includes(':') ? [source] : [id, `${id}:rw`];
  });
  return { ...inspection, volumesFrom };
}

export class Adoption {
  readonly #engine: Engine;
  /** Container → hash of a definition → what was found. */
  #kept = new Map<string, Map<string, MadeCompared>>();
  #images = new Map<string, Fields>();
  #defaults: EngineDefaults | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Whether an app had taken the container over when it was last looked. */
  has(container: string): boolean {
    return this.#kept.has(container);
  }

  /** Another engine may answer from now on. */
  forget(): void {
    this.#defaults = undefined;
  }

  /**
   * @param summaries containers that are not ours
   * @param own those that are
   * @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_ANSWER
   */
  async look(
    { projects, secrets }: AdoptionRequest,
    summaries: readonly ContainerSummary[],
    own: readonly ObservedContainer[],
    signal: AbortSignal,
  ): Promise<Taken> {
    const before = this.#kept;
    const kept = new Map<string, Map<string, MadeCompared>>();
    const found: ObservedContainer[] = [];
    const ids = new Set<string>();
    for (const one of chosenContainers(summaries, own, projects)) {
      const { Id } = one.summary;
      const details = await this.#asked(
        { method: 'GET', path: `/containers/${Id}/json`, answer: containerDetails },
        signal,
      );
      ids.add(Id);
      if (details === undefined) continue;
      const known = before.get(Id) ?? new Map<string, MadeCompared>();
      kept.set(Id, known);
      const adopted = new Map<string, MadeCompared>();
      for (const state of projects.get(one.project) ?? []) {
        if (!Object.hasOwn(state.model.services, one.service)) continue;
        const { hash } = serviceDefinition(state, one.service);
        adopted.set(
          hash,
          known.get(hash) ?? (await this.#compare({ one, details, state, secrets }, known, signal)),
        );
      }
      const { project, service, number, summary } = one;
      const observed = observedContainer(summary, withBothModes(toInspection(details)));
      found.push({ ...observed, project, service, number, adopted });
    }
    this.#kept = kept;
    this.#forgetImages(found);
    return { found, ids };
  }

  #forgetImages(found: readonly ObservedContainer[]): void {
    const used = new Set(found.map(({ imageId }) => imageId));
    this.#images = new Map([...this.#images].filter(([id]) => used.has(id)));
  }

  /** @param known takes what will stay as it is */
  async #compare(
    { one, details, state, secrets }: Looked,
    known: Map<string, MadeCompared>,
    signal: AbortSignal,
  ): Promise<MadeCompared> {
    const opened = await secrets.of(state).catch((error: unknown) => {
      // What cannot be opened is not compared: it shows where it is to be used.
      if (!isTowlineError(error)) throw error;
      return undefined;
    });
    const facts: MadeFacts = {
      made: madeContainer(details),
      image: await this.#image(one.summary.ImageID, signal),
      defaults: await this.#engineDefaults(signal),
      ...(opened === undefined ? {} : { secrets: opened }),
      files: await this.#files(details.Id, comparedFiles(state, one.service), signal),
    };
    const compared = compareMade(state, one, facts);
    if (opened !== undefined) known.set(serviceDefinition(state, one.service).hash, compared);
    return compared;
  }

  async #image(id: string, signal: AbortSignal): Promise<Fields> {
    const known = this.#images.get(id);
    if (known !== undefined) return known;
    const path = `/images/${encodeURIComponent(id)}/json`;
    const found = await this.#asked({ method: 'GET', path, answer: imageConfig }, signal);
    const config = fieldsOf(found?.Config);
    if (found !== undefined) this.#images.set(id, config);
    return config;
  }

  async #engineDefaults(signal: AbortSignal): Promise<EngineDefaults> {
    if (this.#defaults !== undefined) return this.#defaults;
    const info = await this.#engine.call({ method: 'GET', path: '/info', answer: engineDefaults }, signal);
    this.#defaults = {
      loggingDriver: info.LoggingDriver ?? undefined,
      runtime: info.DefaultRuntime ?? undefined,
    };
    return this.#defaults;
  }

  /** What the container has at each place, read through the engine: the agent may not be let see the folders of others. */
  async #files(id: string, targets: readonly string[], signal: AbortSignal): Promise<MadeFacts['files']> {
    const found = new Map<string, ReturnType<typeof readTar>>();
    for (const target of targets) {
      const path = `/containers/${id}/archive`;
      const bytes = await this.#asked(
        { method: 'GET', path, query: { path: target }, answer: archive },
        signal,
      );
      found.set(target, bytes === undefined ? undefined : readTar(bytes));
    }
    return found;
  }

  /** @returns undefined where the engine has it not, or not of a size that is read */
  async #asked<Answer>(request: EngineRequest<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
    try {
      return await this.#engine.call(request, signal);
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      if (isTowlineError(error) && error.code === 'ENGINE_ANSWER_TOO_LARGE') return undefined;
      throw error;
    }
  }
}
