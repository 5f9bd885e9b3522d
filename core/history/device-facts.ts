/** What a commit makes of one device, as values that can be compared: what it is to be, not which file says so. */
import { mergedAccess } from '../access/merged-access.ts';
import { composeFilesOf } from '../desired/compose-files.ts';
import { deviceSettings } from '../desired/settings.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { readAt } from '../fleet/load-device.ts';
import { appFolder, appPath, releasePath } from '../fleet/paths.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import { type RolledApp, rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import { timeWord } from '../time-word.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { TreeEntry } from '../trust/git/tree-object.ts';

/** Files of a commit, which are asked for by path alone. */
export interface CommitFiles extends RepositoryFiles {
  entryAt(commit: ObjectId, path: string): Promise<TreeEntry | undefined>;
}

/** What apps are made of at one commit; each is read once, for however many devices. */
export class AppContents {
  readonly #files: CommitFiles;
  readonly #commit: ObjectId;
  readonly #apps = new Map<string, Promise<object>>();
  readonly #ids = new Map<string, Promise<string>>();

  constructor(files: CommitFiles, commit: ObjectId) {
    this.#files = files;
    this.#commit = commit;
  }

  /** Images, files by path, and secrets by the path of their file. */
  of({ app, release, secrets }: RolledApp): Promise<object> {
    const key = `${app}/${release ?? ''} ${secrets.join(' ')}`;
    const found = this.#apps.get(key) ?? this.#read(app, release, secrets);
    this.#apps.set(key, found);
    return found;
  }

  /** Of a file; empty where there is none. */
  idOf(path: string): Promise<string> {
    const found =
      this.#ids.get(path) ?? this.#files.entryAt(this.#commit, path).then(entry => entry?.id ?? '');
    this.#ids.set(path, found);
    return found;
  }

  async #read(app: string, release: string | undefined, secrets: readonly string[]): Promise<object> {
    const [reader, commit] = [this.#files, this.#commit];
    const reading = { reader, commit, problems: [] };
    const folder = appFolder(app, release);
    const files = new Map<string, string>();
    for await (const { path, id } of reader.list(commit, folder)) {
      const name = path.slice(folder.length + 1);
      if (!name.startsWith('releases/') && name !== 'release.yaml') files.set(name, id);
    }
    const file =
      release === undefined ? undefined : await readAt(reading, 'release', releasePath(app, release));
    const appFile = await readAt(reading, 'app', appPath(app, release));
    const images = Object.entries(file?.value.images ?? {});
    const named = [...(appFile?.value.secrets ?? []), ...secrets];
    const ids = await Promise.all(named.map(async path => [path, await this.idOf(path)] as const));
    return {
      compose: composeFilesOf(appFile),
      images: Object.fromEntries(
        images.map(([service, { image, digest }]) => [service, `${image} ${digest}`]),
      ),
      files: Object.fromEntries(files),
      secrets: Object.fromEntries(ids),
    };
  }
}

/** @param contents of the commit that the layers are of */
export async function deviceFacts(layers: DeviceLayers, contents: AppContents): Promise<object> {
  const merged = rolledOut(layers, byCommit);
  const { value } = layers.device;
  const { labels, variables, tunnel, engine, registryCredentials } = merged;
  const apps: [string, object][] = [];
  for (const app of merged.apps) apps.push([app.app, await appFacts(app, variables, contents)]);
  const { untilMs, ...way } = tunnel;
  return {
    ...{ revoked: value.revoked, retired: value.retired, keys: value.keys },
    ...{ labels: Object.fromEntries(labels), variables: Object.fromEntries(variables) },
    apps: Object.fromEntries(apps),
    tunnel: { ...way, until: untilMs === undefined ? undefined : timeWord(untilMs) },
    access: mergedAccess(layers),
    settings: deviceSettings(layers, merged),
    ...{ engine, gateways: layers.fleet.value.gateways },
    registryCredentials:
      registryCredentials === undefined
        ? undefined
        : { path: registryCredentials, content: await contents.idOf(registryCredentials) },
  };
}

async function appFacts(
  app: RolledApp,
  wide: ReadonlyMap<string, unknown>,
  contents: AppContents,
): Promise<object> {
  const { release, next, pin, rollout, conflict, paused, profiles, retry, update, variables } = app;
  const own = [...variables].filter(([name, value]) => wide.get(name) !== value);
  return {
    ...{ release, next, conflict, profiles, update },
    ...(pin === undefined ? {} : { pinned: { until: timeOf(pin.untilMs), reason: pin.reason } }),
    ...(rollout === undefined
      ? {}
      : { rollout: `${rollout.rollout}: stage ${rollout.stage}, ${rollout.state}` }),
    ...(paused ? { paused } : {}),
    ...(retry === 0 ? {} : { retry }),
    variables: Object.fromEntries(own),
    ...(await contents.of(app)),
  };
}

const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : timeWord(ms));
