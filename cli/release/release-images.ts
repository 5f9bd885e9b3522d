/** The images that an app's Compose files name for a release that is being made. */
import { loadComposeProject } from '../../core/compose/load/load.ts';
import { AppFolder } from '../../core/desired/app-folder.ts';
import { dotenvVariables } from '../../core/desired/dotenv.ts';
import { composeEnvironment } from '../../core/desired/environment.ts';
import { projectDirectory } from '../../core/desired/state.ts';
import { type Problem, TowlineError } from '../../core/errors.ts';
import { readAt } from '../../core/fleet/load-device.ts';
import { appPath, fleetPath, namePattern } from '../../core/fleet/paths.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { FleetProblems } from '../command/report-error.ts';
import { unknownName } from '../command/unknown-name.ts';

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

/**
 * Variables are those of app.yaml, the release and fleet.yaml: a release holds for all devices, so an image must not
 * depend on one. Services of all profiles count.
 * @returns service → its image, and the platform where the Compose file names one
 * @throws TowlineError CLI_INVALID_FLEET, CLI_USAGE for an app that is none, FLEET_APP_UNKNOWN
 */
export async function serviceImages({
  files,
  commit,
  app,
  version,
  variables,
}: ReleaseRequest): Promise<Map<string, ServiceImage>> {
  const problems: Problem[] = [];
  if (!namePattern.test(app)) throw new TowlineError('FLEET_APP_UNKNOWN', `"${app}" cannot be an app's name`);
  const reading = { reader: files, commit, problems };
  const appFile = await readAt(reading, 'app', appPath(app));
  const fleet = await readAt(reading, 'fleet', fleetPath);
  const composeFiles = appFile?.value.compose ?? ['compose.yaml'];
  const folder = new AppFolder(files, commit, { app });
  if ((await folder.read(composeFiles[0] ?? '')) === undefined) {
    const apps = await appsOf(files, commit);
    if (!apps.has(app)) throw new TowlineError('CLI_USAGE', unknownName('app', app, apps));
    throw new TowlineError('FLEET_APP_UNKNOWN', `there is no apps/${app}/${composeFiles[0]}`);
  }
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
      composeFiles,
      projectName: app,
      workingDirectory: projectDirectory,
      environment: { ...environment.values },
      profiles: ['*'],
    }),
  );
  problems.push(...folder.problems, ...found);
  if (model === undefined || problems.length > 0) throw new FleetProblems(problems);
  const images = Object.entries(model.services).flatMap(([name, { image, platform }]) =>
    image === undefined ? [] : [[name, { image, platform }] as const],
  );
  return new Map(images.sort(([left], [right]) => (left < right ? -1 : 1)));
}
