/** The folder of one app in a mirror: its files as they are, but for what says where its data and its images are. */
import { maxProjectFileBytes, maxYamlBytes } from '../../core/fleet/limits.ts';
import { appFolder, placeOf } from '../../core/fleet/paths.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import type { FileMode, RepositoryEntry } from '../../core/fleet/repository-files.ts';
import { fullRepository } from '../../core/images/repository.ts';
import type { AppFile } from '../../schemas/types.generated.ts';
import { pathOf } from './copied-images.ts';
import type { FleetAtCommit } from './fleet-source.ts';
import { keptApp } from './kept-settings.ts';
import { mirroredRelease } from './mirrored-release.ts';
import { yamlBytes } from './new-trust.ts';
import { overrideFile, overrideName, type StandInDigests } from './stand-in-images.ts';

export interface MirroredFile {
  readonly mode: FileMode;
  readonly bytes: Uint8Array;
}

export interface MirroredImages {
  /** Absent: the images are production's own. */
  readonly digests?: StandInDigests;
  /** Apps without a release → service → the image that its Compose file pins itself. */
  readonly unreleased: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Of the lab. Gateways lead to it for what a release pins; what none pins is asked for there by name. */
  readonly registry: string;
}

/** The image of a service that no release pins, as the lab has it. */
function placedImage(image: string, { digests, registry }: MirroredImages): string {
  const [reference = '', digest = ''] = image.split('@');
  return `${registry}/${pathOf(fullRepository(reference))}@${digests?.get(digest) ?? digest}`;
}

/** Folder of the app, or of a release of it → the override that it gets. */
function overridesOf({ fleet }: FleetAtCommit, app: string, images: MirroredImages): Map<string, string> {
  const found = new Map<string, string>();
  const { digests, unreleased } = images;
  const isStandIn = digests !== undefined;
  for (const [version, { value }] of isStandIn ? (fleet.apps.get(app)?.releases ?? []) : []) {
    const services = new Map(Object.keys(value.images).map(service => [service, undefined] as const));
    found.set(appFolder(app, version), overrideFile(services, isStandIn));
  }
  const own = [...(unreleased.get(app) ?? [])];
  const placed = new Map(own.map(([service, image]) => [service, placedImage(image, images)] as const));
  if (own.length > 0) found.set(appFolder(app), overrideFile(placed, isStandIn));
  return found;
}

const withOverride = (app: AppFile): AppFile => ({
  ...app,
  compose: [...(app.compose ?? ['compose.yaml']), overrideName],
});

interface Mirrored {
  readonly at: FleetAtCommit;
  readonly app: string;
  readonly images: MirroredImages;
  readonly overrides: ReadonlyMap<string, string>;
}

/** Undefined: the file is one that nobody reads by its name, or has problems that were told already. */
async function mirroredBytes(
  { path, id }: RepositoryEntry,
  { at, app, images, overrides }: Mirrored,
): Promise<Uint8Array | undefined> {
  const place = placeOf(path);
  if (place === 'misnamed') return undefined;
  if (place?.kind === 'release') {
    const release = at.fleet.apps.get(app)?.releases.get(place.name);
    return release === undefined ? undefined : yamlBytes(mirroredRelease(release.value, images.digests));
  }
  if (place?.kind !== 'app') return await at.files.blob(id, maxProjectFileBytes);
  const { file } = readFleetFile('app', path, await at.files.blob(id, maxYamlBytes));
  if (file === undefined) return undefined;
  const kept = keptApp(file.value);
  const folder = path.slice(0, path.lastIndexOf('/'));
  return yamlBytes(overrides.has(folder) ? withOverride(kept) : kept);
}

/** @throws TowlineError when an object is missing or malformed */
export async function* mirroredApp(
  at: FleetAtCommit,
  app: string,
  images: MirroredImages,
): AsyncGenerator<readonly [path: string, file: MirroredFile]> {
  const overrides = overridesOf(at, app, images);
  const missing = new Set([...overrides.keys()].map(folder => `${folder}/app.yaml`));
  for await (const entry of at.files.list(at.commit, appFolder(app))) {
    const { path, mode } = entry;
    missing.delete(path);
    if (path.endsWith(`/${overrideName}`)) continue;
    const bytes = await mirroredBytes(entry, { at, app, images, overrides });
    if (bytes !== undefined) yield [path, { mode, bytes }];
  }
  for (const path of missing)
    yield [path, { mode: '100644', bytes: yamlBytes(withOverride({ apiVersion: 'towline/v1' })) }];
  for (const [folder, text] of overrides)
    yield [`${folder}/${overrideName}`, { mode: '100644', bytes: Buffer.from(text) }];
}
