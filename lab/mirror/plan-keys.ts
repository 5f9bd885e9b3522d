/** What each device would be, as one text, by the code that devices compute it with: once for those whose files say the same. */
import { canonicalHash, canonicalJson } from '../../core/canonical-json.ts';
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import { nextProblems } from '../../core/desired/next.ts';
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { Problem } from '../../core/errors.ts';
import { imagesPath } from '../../core/fleet/paths.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import { secretUsers } from '../../core/fleet/secret-users.ts';
import { fullRepository, repositoryOf } from '../../core/images/repository.ts';
import { type RolledDevice, rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { FleetAtCommit } from './fleet-source.ts';
import type { Keeping } from './kept-settings.ts';
import { type PlainDevice, plainDevice } from './plain-layers.ts';
import type { PlanKeys } from './stand-ins.ts';

/** An image that a device pulls. */
export interface WantedImage {
  /** With its registry: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly digest: string;
}

export interface Plans {
  readonly keys: PlanKeys;
  /** By device: what it runs, and what is brought ahead. */
  readonly images: ReadonlyMap<string, readonly WantedImage[]>;
  /** Apps without a release → service → the image that its Compose file pins itself. */
  readonly unreleased: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** What `towline validate` would say of these devices; each once. */
  readonly problems: readonly Problem[];
}

interface Plan {
  readonly hash: string;
  readonly images: readonly WantedImage[];
  /** App, service and image of those whose Compose file pins it. */
  readonly unreleased: readonly (readonly [app: string, service: string, image: string])[];
  readonly problems: readonly Problem[];
}

/** What it stands to its rollouts: two devices of different stages do not do the same for long. */
const standings = ({ apps }: RolledDevice) =>
  apps.map(({ app, rollout, conflict, paused, retry }) => ({
    app,
    paused,
    retry,
    conflict,
    ...(rollout === undefined
      ? {}
      : { rollout: rollout.rollout, stage: rollout.stage, state: rollout.state }),
  }));

/** What of a device decides over its projects, where no file is looked into. */
function shapeOf({ layers, rolled }: PlainDevice): string {
  const { apps, engine, metrics, requires, paused } = rolledOut(layers, byCommit);
  const shown = apps.map(app => ({ ...app, pin: undefined, variables: Object.fromEntries(app.variables) }));
  return canonicalJson({ apps: shown, engine, metrics, requires, paused, standings: standings(rolled) });
}

function imagesOf(state: DesiredState): WantedImage[] {
  const ahead = (state.next ?? []).flatMap(({ would }) => (would === undefined ? [] : [would]));
  const models = [...state.projects, ...ahead].map(({ model }) => model);
  const services = models.flatMap(({ services }) => Object.values(services));
  const mounted = services.flatMap(({ volumes = [] }) =>
    volumes.flatMap(({ type, source }) => (type === 'image' && source !== undefined ? [source] : [])),
  );
  const named = [...services.flatMap(({ image }) => (image === undefined ? [] : [image])), ...mounted];
  return named.flatMap(image => {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
    return digest === undefined ? [] : [{ repository: fullRepository(repositoryOf(image)), digest }];
  });
}

/** Secrets by their names: what they hold is another in the lab, and a file of the device's own is called otherwise on each. */
function projectKey(project: DesiredProject, isShared: (path: string) => boolean) {
  const { app, release, model, update, paused, disposableVolumes, adopt, backup, metrics, secrets } = project;
  const files = [...project.files].map(([path, { mode, sha256 }]) => [path, mode, sha256]);
  const variables = [...(secrets?.variables ?? [])].map(([name, { file }]) => [
    name,
    isShared(file) ? file : '',
  ]);
  return { app, release, model, update, paused, disposableVolumes, adopt, backup, metrics, files, variables };
}

async function planOf(
  { files, commit }: FleetAtCommit,
  device: PlainDevice,
  isShared: (path: string) => boolean,
): Promise<Plan> {
  const { state, problems, next } = await desiredStateOf(device.layers, { reader: files, commit });
  const all = [...problems, ...nextProblems(next ?? [])];
  if (state === undefined) return { hash: canonicalHash(all), images: [], unreleased: [], problems: all };
  const { paused, metrics, requires } = state.settings;
  const hash = canonicalHash({
    projects: state.projects.map(project => projectKey(project, isShared)),
    next: (state.next ?? []).map(({ app, release }) => [app, release]),
    engine: state.engine,
    paused,
    metrics,
    requires,
    standings: standings(device.rolled),
  });
  const unreleased = state.projects
    .filter(({ release }) => release === undefined)
    .flatMap(({ app, model }) =>
      Object.entries(model.services).map(([service, { image = '' }]) => [app, service, image] as const),
    );
  return { hash, images: imagesOf(state), unreleased, problems: all };
}

/** Whom a file below secrets/ is for: it is a device's own, or several have it. */
function sharing({ fleet }: FleetAtCommit): (path: string) => boolean {
  const users = secretUsers(fleet);
  return path => (users.get(path)?.length ?? 0) !== 1;
}

/** Whose signatures images must have is production's to say: the lab's repository has no such file. */
const withoutPublishers = (files: RepositoryFiles): RepositoryFiles => ({
  list: (commit, folder) => files.list(commit, folder),
  blob: (id, maxBytes) => files.blob(id, maxBytes),
  fileAt: async (commit, path, maxBytes) =>
    path === imagesPath ? undefined : await files.fileAt(commit, path, maxBytes),
});

/** @throws TowlineError when an object is missing or malformed */
export async function plansOf(at: FleetAtCommit, keeping: Keeping, signal: AbortSignal): Promise<Plans> {
  const isShared = sharing(at);
  const apart = { ...at, files: withoutPublishers(at.files) };
  const known = new Map<string, Plan>();
  const keys = new Map<string, string>();
  const images = new Map<string, readonly WantedImage[]>();
  const unreleased = new Map<string, Map<string, string>>();
  const problems = new Map<string, Problem>();
  for (const id of at.fleet.devices.keys()) {
    signal.throwIfAborted();
    const question = { fleet: at.fleet, id, keeping };
    const device = plainDevice(question, false);
    if (device === undefined) continue;
    const shape = shapeOf(device);
    let plan = known.get(shape) ?? (await planOf(apart, device, isShared));
    known.set(shape, plan);
    // Its name may be what a file or an image is called: then it is one of a kind.
    const itself = plan.problems.length === 0 ? undefined : plainDevice(question, true);
    if (itself !== undefined) plan = await planOf(apart, itself, isShared);
    keys.set(id, plan.hash);
    images.set(id, plan.images);
    for (const [app, service, image] of plan.unreleased)
      unreleased.set(app, (unreleased.get(app) ?? new Map<string, string>()).set(service, image));
    for (const problem of plan.problems) problems.set(JSON.stringify(problem), problem);
  }
  return { keys, images, unreleased, problems: [...problems.values()] };
}
