/** What an app's Compose files say for a release, whatever the device; the images that they name for one that is being made. */
import { loadComposeProject } from '../compose/load/load.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import { AppFolder } from '../desired/app-folder.ts';
import { composeFilesOf } from '../desired/compose-files.ts';
import { dotenvVariables } from '../desired/dotenv.ts';
import { composeEnvironment } from '../desired/environment.ts';
import { projectDirectory } from '../desired/state.ts';
import { FleetProblems, type Problem, TowlineError } from '../errors.ts';
import { readAt } from '../fleet/load-device.ts';
import { appPath, fleetPath, namePattern } from '../fleet/paths.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { unknownName } from '../unknown-name.ts';

export interface ReleaseRequest {
  /** Of a working tree, which has no commit: `commit` is of zeros. */
  readonly files: RepositoryFiles;
  readonly commit: ObjectId;
  readonly app: string;
  readonly version: string;
  /** The release's own. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ServiceImage {
  /** Reference as the Compose file has it. */
  readonly image: string;
  readonly platform: string | undefined;
}

async function appsOf(files: RepositoryFiles, commit: ObjectId): Promise<Set<string>> {
  const apps = new Set<string>();
  for await (const { path } of files.list(commit, 'apps')) apps.add(path.split('/')[1] ?? '');
  return apps;
}

/** A release that is there, or what it would be made of. */
export interface ModelRequest extends ReleaseRequest {
  /** Of its own folder; absent: of what people edit. */
  readonly release?: string;
}

/**
 * Variables are those of app.yaml, the release and fleet.yaml: a release holds for all devices, so nothing here depends on
 * one. Services of all profiles count.
 * @returns no model where something is wrong
 */
export async function neutralModel({
  files,
  commit,
  app,
  version,
  variables,
  release: own,
}: ModelRequest): Promise<{ readonly model?: ComposeModel; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const reading = { reader: files, commit, problems };
  const appFile = await readAt(reading, 'app', appPath(app, own));
  const fleet = await readAt(reading, 'fleet', fleetPath);
  const folder = new AppFolder(files, commit, { app, release: own });
  const release = { path: '', value: { apiVersion: 'towline/v1', version, variables, images: {} } as const };
  const merged = new Map(Object.entries(fleet?.value.variables ?? {}));
  for (const name of Object.keys(variables)) merged.delete(name);
  const environment = composeEnvironment({
    fleet: fleet?.value.name ?? '',
    device: '',
    app: {
      app,
      release: version,
      next: undefined,
      variables: merged,
      profiles: undefined,
      secrets: [],
      update: {},
      paused: false,
      retry: 0,
    },
    dotenv: (await dotenvVariables(folder, problems)).values,
    appFile,
    release,
  });
  const { model, problems: found } = await folder.resolve(read =>
    loadComposeProject({
      files: read,
      composeFiles: composeFilesOf(appFile),
      projectName: app,
      workingDirectory: projectDirectory,
      environment: { ...environment.values },
      profiles: ['*'],
    }),
  );
  problems.push(...folder.problems, ...found);
  return model === undefined || problems.length > 0 ? { problems } : { model, problems };
}

/**
 * An image must not depend on a device.
 * @returns service → its image, and the platform where the Compose file names one
 * @throws TowlineError CLI_INVALID_FLEET, CLI_USAGE for an app that is none, FLEET_APP_UNKNOWN
 */
export async function serviceImages(request: ReleaseRequest): Promise<Map<string, ServiceImage>> {
  const { files, commit, app } = request;
  if (!namePattern.test(app)) throw new TowlineError('FLEET_APP_UNKNOWN', `"${app}" cannot be an app's name`);
  const problems: Problem[] = [];
  const appFile = await readAt({ reader: files, commit, problems }, 'app', appPath(app));
  const [first = ''] = composeFilesOf(appFile);
  if ((await new AppFolder(files, commit, { app }).read(first)) === undefined) {
    const apps = await appsOf(files, commit);
    if (!apps.has(app)) throw new TowlineError('CLI_USAGE', unknownName('app', app, apps));
    throw new TowlineError('FLEET_APP_UNKNOWN', `there is no apps/${app}/${first}`);
  }
  const { model, problems: found } = await neutralModel(request);
  if (model === undefined) throw new FleetProblems(found);
  const images = Object.entries(model.services).flatMap(([name, { image, platform }]) =>
    image === undefined ? [] : [[name, { image, platform }] as const],
  );
  return new Map(images.sort(([left], [right]) => (left < right ? -1 : 1)));
}
