/** One snapshot of the engine, by label, in four calls and the inspections that are not known yet. */
import { label } from '../../../core/plan/container/labels.ts';
import type {
  BesideVolume,
  MadeOf,
  ObservedNetwork,
  ObservedState,
  ObservedVolume,
} from '../../../core/plan/observed.ts';
import type { Adoption, AdoptionRequest } from './adoption.ts';
import type { Shape } from './answer-shape.ts';
import { foreignContainer, isHelper, isOurs, observedContainer } from './containers.ts';
import type { Engine } from './engine.ts';
import {
  type ContainerSummary,
  containerSummaries,
  type ImageSummary,
  imageSummaries,
  networkSummaries,
  type VolumeSummary,
  volumeList,
} from './engine-answers.ts';
import { Inspections } from './inspections.ts';

export interface ObserveOptions {
  readonly engine: Engine;
  /** This device's id: only what bears it is ours. */
  readonly device: string;
  /** Projects whose files and locks are looked at, besides those that have containers. */
  readonly projectNames: readonly string[];
  /** What is on the disk; absent: nothing is known of it. */
  readonly disk?: {
    /** Hashes of the file trees that a project has on the disk. */
    trees(project: string): Promise<ReadonlySet<string>>;
    /** Whether the project's lock file is there. */
    locked(project: string): Promise<boolean>;
  };
  readonly inspections?: Inspections;
  /** Told of containers of the agent itself, where there are some: nothing else is said of them. */
  readonly onHelpers?: (helpers: readonly ContainerSummary[]) => Promise<void>;
  readonly engineVersion?: string;
  /** Reference → id, of images that came through the gateway: the engine does not know them by it. */
  readonly imageIds?: ReadonlyMap<string, string>;
  /** Looks into what docker compose has made of `projects`. Absent: nothing is taken over. */
  readonly adopting?: AdoptionRequest & { readonly adoption: Adoption };
  readonly signal: AbortSignal;
}

function owner(labels: Readonly<Record<string, string>> | null, device: string) {
  if (!isOurs(labels, device)) return undefined;
  return {
    project: labels?.[label.project] ?? '',
    key: labels?.[label.key] ?? '',
    hash: labels?.[label.hash] ?? '',
  };
}

/** Undefined where another device, or another Towline, has made it. */
function composeNetwork(labels: Readonly<Record<string, string>> | null): ObservedNetwork['compose'] {
  const project = labels?.['com.docker.compose.project'];
  if (project === undefined || labels?.[label.device] !== undefined) return undefined;
  return { project, key: labels?.['com.docker.compose.network'] ?? '' };
}

function madeOf({ Driver, Options }: Pick<VolumeSummary, 'Driver' | 'Options'>): MadeOf {
  return { driver: Driver, options: Options ?? {} };
}

function besideVolumes(volumes: readonly VolumeSummary[], device: string): BesideVolume[] {
  return volumes
    .flatMap(({ Name, Labels }) => {
      const what = Labels?.[label.restore];
      if (what === undefined || !isOurs(Labels, device)) return [];
      return [{ name: Name, project: Labels?.[label.project] ?? '', key: Labels?.[label.key] ?? '', what }];
    })
    .sort(byName);
}

function byName(a: { name: string; id?: string }, b: { name: string; id?: string }): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return (a.id ?? '') < (b.id ?? '') ? -1 : 1;
}

function imageNames(
  images: readonly ImageSummary[],
  imageIds: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const names = new Map<string, string>();
  for (const image of images) {
    for (const name of [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])]) names.set(name, image.Id);
    names.set(image.Id, image.Id);
  }
  for (const [reference, id] of imageIds)
    if (names.has(id) && !names.has(reference)) names.set(reference, id);
  return names;
}

async function diskState(options: ObserveOptions, projects: readonly string[]) {
  const trees = new Map<string, ReadonlySet<string>>();
  const locked = new Set<string>();
  await Promise.all(
    projects.map(async project => {
      if (options.disk === undefined) return;
      trees.set(project, await options.disk.trees(project));
      if (await options.disk.locked(project)) locked.add(project);
    }),
  );
  return { trees, locked };
}

const listPath = '/containers/json';

/**
 * Observes what is, now. Nothing is remembered but inspections, and those only while events are followed.
 * @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_ANSWER
 */
export async function observe(options: ObserveOptions): Promise<ObservedState> {
  const { engine, device, signal } = options;
  const get = <Answer>(path: string, answer: Shape<Answer>) =>
    engine.call(
      { method: 'GET', path, answer, ...(path === listPath ? { query: { all: true } } : {}) },
      signal,
    );
  const [containers, networks, volumes, images] = await Promise.all([
    get(listPath, containerSummaries),
    get('/networks', networkSummaries),
    get('/volumes', volumeList),
    get('/images/json', imageSummaries),
  ]);
  const own = containers.filter(({ Labels }) => isOurs(Labels, device));
  const helpers = containers.filter(({ Labels }) => isHelper(Labels, device));
  if (helpers.length > 0) await options.onHelpers?.(helpers);
  const inspections = await (options.inspections ?? new Inspections()).of(
    engine,
    own.map(({ Id }) => Id),
    signal,
  );
  const ours = own.map(summary => observedContainer(summary, inspections.get(summary.Id)));
  const others = containers.filter(({ Labels }) => !isOurs(Labels, device));
  const { adopting } = options;
  const looked = await adopting?.adoption.look(adopting, others, ours, signal);
  const observed = [...ours, ...(looked?.found ?? [])].sort(byName);
  const all = volumes.Volumes ?? [];
  const beside = besideVolumes(all, device);
  const aside = new Set(beside.map(({ name }) => name));
  const projects = [...new Set([...options.projectNames, ...observed.map(({ project }) => project)])];
  return {
    engineVersion: options.engineVersion ?? '',
    containers: observed,
    ...(adopting === undefined ? {} : { adopting: new Set(adopting.projects.keys()) }),
    foreign: others
      .filter(({ Id, Labels }) => looked?.ids.has(Id) !== true && !isHelper(Labels, device))
      .map(foreignContainer)
      .sort(byName),
    networks: networks
      .map(
        (network): ObservedNetwork => ({
          id: network.Id,
          name: network.Name,
          made: madeOf(network),
          owner: owner(network.Labels, device),
          compose: composeNetwork(network.Labels),
        }),
      )
      .sort(byName),
    volumes: all
      .filter(({ Name }) => !aside.has(Name))
      .map(
        (volume): ObservedVolume => ({
          name: volume.Name,
          made: madeOf(volume),
          form: { ...madeOf(volume), labels: volume.Labels ?? {} },
          owner: owner(volume.Labels, device),
        }),
      )
      .sort(byName),
    ...(beside.length === 0 ? {} : { beside }),
    images: imageNames(images, options.imageIds),
    ...(await diskState(options, projects)),
  };
}
