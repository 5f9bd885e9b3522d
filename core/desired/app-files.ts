/** What a repository says of one app and of the release that a device has of it. */
import type { Problem } from '../errors.ts';
import { releaseNameProblems } from '../fleet/cross-check.ts';
import { readAt } from '../fleet/load-device.ts';
import { appPath, releasePath } from '../fleet/paths.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import type { RolledApp } from '../rollout/rolled-out.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { DesiredProject } from './state.ts';

/** Of an app's assignment. */
export type AssignedPart = 'release' | 'next' | { readonly secret: string };

export interface AppRequest {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  readonly app: RolledApp;
  /** File and pointer that assign the app: where a missing app, release or secret is reported. */
  readonly assignedBy: (part?: AssignedPart) => Problem['position'];
}

export interface AppFiles {
  readonly app: CheckedFile<'app'> | undefined;
  readonly release: CheckedFile<'release'> | undefined;
}

export async function readAppFiles(request: AppRequest, problems: Problem[]): Promise<AppFiles> {
  const { reader, commit, app } = request;
  const reading = { reader, commit, problems };
  if (app.release === undefined)
    return { app: await readAt(reading, 'app', appPath(app.app)), release: undefined };
  const release = await readAt(reading, 'release', releasePath(app.app, app.release), {
    code: 'FLEET_RELEASE_UNKNOWN',
    message: `app "${app.app}" has no release "${app.release}"`,
    position: request.assignedBy('release'),
  });
  if (release === undefined) return { app: undefined, release };
  problems.push(...releaseNameProblems(release, app.release));
  return { app: await readAt(reading, 'app', appPath(app.app, app.release)), release };
}

/** Said where it is assigned; devices that run it keep it. */
export function withdrawnWarnings({ app, assignedBy }: AppRequest, { release }: AppFiles): Problem[] {
  const reason = release?.value.withdrawn;
  if (reason === undefined) return [];
  const message = `release ${release?.value.version} of app "${app.app}" is withdrawn: ${reason}`;
  return [{ code: 'FLEET_RELEASE_WITHDRAWN', message, position: assignedBy('release') }];
}

/** A release that a rollout takes back, and that no earlier one can follow where it has run. */
export async function keptRelease(
  request: AppRequest,
  problems: Problem[],
): Promise<Pick<DesiredProject, 'kept'>> {
  const { reader, commit, app } = request;
  if (app.takenBack === undefined) return {};
  const { rollout, to } = app.takenBack;
  const file = await readAt({ reader, commit, problems }, 'release', releasePath(app.app, to));
  return file?.value.migration === 'one-way' ? { kept: { rollout, release: to } } : {};
}

/** What a release asks of a device and its people, besides what its Compose files ask of any. */
export function releaseRequirements({ release }: AppFiles): Pick<DesiredProject, 'requirements'> {
  if (release === undefined) return {};
  const { requires = {}, breaking, migration, images } = release.value;
  const known = Object.entries(images).flatMap(([service, { platforms }]) =>
    platforms === undefined ? [] : [[service, platforms] as const],
  );
  const words = {
    ...(breaking === undefined ? {} : { breaking }),
    ...(migration === undefined ? {} : { migration }),
  };
  if ([...known, ...Object.keys(requires), ...Object.keys(words)].length === 0) return {};
  return { requirements: { ...words, requires, images: Object.fromEntries(known) } };
}
