/** One app on one device: its Compose project with images pinned and files at hand. */
import type { DeviceFile, EngineAllowance } from '../../schemas/types.generated.ts';
import { canonicalHash } from '../canonical-json.ts';
import { type ComposeResult, loadComposeProject } from '../compose/load/load.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import { appEgress, egressProblems } from '../egress/egress.ts';
import type { Problem } from '../errors.ts';
import type { Publishers } from '../images/signing/publishers.ts';
import { standingOf } from '../rollout/standing.ts';
import { appEndpoints, endpointProblems } from '../telemetry/settings/app-endpoint.ts';
import { appLogs, logWarnings } from '../telemetry/settings/app-logs.ts';
import { adopting, adoptionProblems } from './adopting.ts';
import { appData, backupTold } from './app-data.ts';
import {
  type AppFiles,
  type AppRequest,
  keptRelease,
  readAppFiles,
  releaseRequirements,
  withdrawnWarnings,
} from './app-files.ts';
import { AppFolder } from './app-folder.ts';
import { appSecrets } from './app-secrets.ts';
import { composeFilesOf, missingComposeFiles } from './compose-files.ts';
import { withContents } from './contents.ts';
import { disposableProblems, disposableVolumes } from './disposable-volumes.ts';
import { dotenvVariables } from './dotenv.ts';
import { type NamingProject, namingProject } from './engine-names.ts';
import { engineProblems } from './engine-problems.ts';
import { type ComposeEnvironment, composeEnvironment, withUpdate } from './environment.ts';
import { fileOwnerProblems } from './file-owners.ts';
import { gaplessProblems } from './gapless.ts';
import { pinImages } from './images.ts';
import { projectFiles } from './project-files.ts';
import { reservedLabelProblems } from './reserved-labels.ts';
import { type DeclaredSecrets, secretsListing, usedSecrets } from './secrets.ts';
import { bridgedModel } from './service-networks.ts';
import { updateSettings } from './settings.ts';
import { signatureProblems } from './signatures.ts';
import { type DesiredProject, projectDirectory } from './state.ts';

export interface ProjectRequest extends AppRequest {
  readonly fleet: string;
  readonly device: string;
  readonly engine: EngineAllowance;
  /** What its file asks to put back. */
  readonly restore: DeviceFile['restore'];
  /** The whole device is paused. */
  readonly paused: boolean;
  /** Put before the app's name, so that two agents can share an engine. */
  readonly projectPrefix: string;
  /** Variables without a value are refused. */
  readonly strictVariables: boolean;
  /** Whose signatures images must have; undefined: nobody asks for any. */
  readonly publishers: Publishers | undefined;
}

/** What stands in the way of a project, and what only looks wrong. */
interface Told {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

interface Composed extends Pick<ComposeResult, 'contents' | 'volumes'> {
  readonly declared: DeclaredSecrets;
  readonly environment: ComposeEnvironment;
  readonly model: ComposeModel;
  readonly folder: AppFolder;
  readonly positionOf: ComposeResult['positionOf'];
  readonly statedName: string | undefined;
}

/** Compose files are named relative to the app's folder, or by where a device has it; people look from the root. */
function inApp(position: Problem['position'], { path }: AppFolder): Problem['position'] {
  const folder = `${path}/`;
  const file = position.file.replace(`${projectDirectory}/`, '');
  return file.startsWith(folder) ? position : { ...position, file: folder + file };
}

const inRepository = (problems: readonly Problem[], folder: AppFolder): Problem[] =>
  problems.map(problem => ({ ...problem, position: inApp(problem.position, folder) }));

async function compose(
  request: ProjectRequest,
  files: AppFiles,
  { problems, warnings }: Told,
): Promise<Composed | undefined> {
  const { reader, commit, app } = request;
  const folder = new AppFolder(reader, commit, app);
  problems.push(...(await missingComposeFiles(app.app, folder, files.app, request.assignedBy)));
  if (problems.length > 0) return undefined;
  const dotenv = await dotenvVariables(folder, problems);
  const environment = composeEnvironment({
    fleet: request.fleet,
    device: request.device,
    app,
    dotenv: dotenv.values,
    appFile: files.app,
    release: files.release,
  });
  const declared = await appSecrets(request, files, environment, problems);
  if (problems.length > 0) return undefined;
  const secretVariables = new Set(declared.variables.keys());
  const loaded = await folder.resolve(read =>
    loadComposeProject({
      files: read,
      composeFiles: composeFilesOf(files.app),
      projectName: request.projectPrefix + app.app,
      workingDirectory: projectDirectory,
      environment: environment.values,
      profiles: app.profiles ?? files.app?.value.profiles ?? [],
      consistency: true,
      secretVariables,
    }),
  );
  const blanks = [...dotenv.blanks, ...inRepository(loaded.blanks, folder)];
  (request.strictVariables ? problems : warnings).push(...blanks);
  problems.push(...folder.problems, ...inRepository(loaded.problems, folder));
  if (loaded.model === undefined || problems.length > 0) return undefined;
  return {
    declared,
    environment,
    model: loaded.model,
    contents: loaded.contents,
    folder,
    statedName: loaded.statedName,
    volumes: loaded.volumes,
    positionOf: path => inApp(loaded.positionOf(path), folder),
  };
}

/**
 * @returns the project with all that it names, or every problem in its way
 * @throws TowlineError when an object is missing or malformed
 */
export async function desiredProject(
  request: ProjectRequest,
): Promise<{ naming?: NamingProject; environment?: ComposeEnvironment } & Told> {
  const { app } = request;
  const told: Told = { problems: [], warnings: [] };
  const { problems } = told;
  const files = await readAppFiles(request, problems);
  told.warnings.push(...withdrawnWarnings(request, files));
  const composed = await compose(request, files, told);
  if (composed === undefined) return told;
  const { declared, environment, contents, folder, positionOf } = composed;
  problems.push(...engineProblems(composed, request.engine));
  problems.push(...adoptionProblems(files.app, { ...request, name: request.projectPrefix + app.app }));
  problems.push(...fileOwnerProblems(composed.model, positionOf));
  const update = updateSettings(files.app?.value.update, app.update);
  problems.push(...gaplessProblems(composed.model, update, positionOf));
  problems.push(...disposableProblems(composed.volumes, files.app), ...egressProblems(files.app));
  problems.push(...endpointProblems(Object.keys(composed.model.services), files.app));
  const backup = backupTold(composed, files);
  problems.push(...backup.problems);
  told.warnings.push(...backup.warnings);
  told.warnings.push(...logWarnings(Object.keys(composed.model.services), files.app));
  const pinned = pinImages(withContents(composed.model, contents), files.release, positionOf);
  const referred = await projectFiles(pinned.model, folder, positionOf);
  const used = usedSecrets(composed.model, contents, declared, positionOf);
  problems.push(...reservedLabelProblems(composed.model, positionOf));
  if (pinned.problems.length === 0)
    problems.push(...signatureProblems(pinned.model, request.publishers, files.release, positionOf));
  problems.push(...pinned.problems, ...referred.problems, ...folder.problems, ...used.problems);
  const kept = await keptRelease(request, problems);
  if (problems.length > 0) return told;
  const model = bridgedModel(pinned.model, files.app);
  const stated = { ...disposableVolumes(files.app), ...adopting(files.app) };
  const listing = [...referred.files].map(([path, { mode, sha256 }]) => [path, mode, sha256]);
  const project: DesiredProject = {
    app: app.app,
    name: request.projectPrefix + app.app,
    release: app.release,
    model,
    files: referred.files,
    ...(used.secrets === undefined ? {} : { secrets: used.secrets }),
    digest: `sha256:${canonicalHash({
      model,
      files: listing,
      secrets: secretsListing(used.secrets),
      update,
      retry: app.retry,
      ...stated,
    })}`,
    update,
    ...stated,
    ...appData(request, app.app, files.app, composed.volumes),
    ...appEndpoints(files.app),
    ...appEgress(files.app),
    ...appLogs(files.app),
    ...releaseRequirements(files),
    ...standingOf(app),
    ...kept,
    paused: app.paused || request.paused,
  };
  return {
    environment: withUpdate(environment, files.app, app),
    naming: namingProject(project, positionOf, composed.statedName),
    ...told,
  };
}
