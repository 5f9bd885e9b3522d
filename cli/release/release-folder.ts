/**
 * `apps/<app>/releases/<version>/`: what devices run. A copy of all that the app's folder holds as git would take it, beside
 * release.yaml; git keeps equal files once.
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { maxProjectBytes, maxProjectFileBytes, maxProjectFiles } from '../../core/fleet/limits.ts';
import { appFolder, releasePath } from '../../core/fleet/paths.ts';
import type { RepositoryFile } from '../../core/fleet/repository-files.ts';
import type { ReleaseRequest } from '../../core/release/neutral-model.ts';

const releaseName = path.basename(releasePath('app', 'version'));

/**
 * The app's working files, by their paths in its folder. Releases of it are no part of one.
 * @throws TowlineError FLEET_PROJECT_TOO_LARGE; CLI_FILE_EXISTS where one has the name of the release's own file
 */
export async function workingFiles({
  files,
  commit,
  app,
}: Pick<ReleaseRequest, 'files' | 'commit' | 'app'>): Promise<Map<string, RepositoryFile>> {
  const folder = appFolder(app);
  const found = new Map<string, RepositoryFile>();
  let bytes = 0;
  for await (const entry of files.list(commit, folder)) {
    const name = entry.path.slice(folder.length + 1);
    if (name.startsWith('releases/')) continue;
    if (name === releaseName) {
      const message = `${entry.path}: a release has a ${releaseName} of its own; give this file another name`;
      throw new TowlineError('CLI_FILE_EXISTS', message, { position: { file: entry.path } });
    }
    const file = { ...entry, bytes: await files.blob(entry.id, maxProjectFileBytes) };
    bytes += file.bytes.length;
    found.set(name, file);
    if (bytes <= maxProjectBytes && found.size <= maxProjectFiles) continue;
    const message = `${folder} has more than ${maxProjectFiles} files or ${maxProjectBytes} bytes: a release takes all of it but what git ignores`;
    throw new TowlineError('FLEET_PROJECT_TOO_LARGE', message, { position: { file: folder } });
  }
  return found;
}

/**
 * The folder, whole or not at all: it is made aside and moved there.
 * @throws TowlineError CLI_FILE_EXISTS for a release that is there
 */
export async function makeReleaseFolder(
  target: string,
  files: ReadonlyMap<string, RepositoryFile>,
  release: string,
): Promise<void> {
  const releases = path.dirname(target);
  await mkdir(releases, { recursive: true });
  const draft = await mkdtemp(path.join(releases, '.towline-'));
  try {
    for (const [name, { bytes, mode }] of files) {
      const file = path.join(draft, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, bytes, { mode: mode === '100755' ? 0o755 : 0o644 });
    }
    await writeFile(path.join(draft, releaseName), release, { mode: 0o644 });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST')
      throw alreadyThere(path.basename(target));
    throw error;
  }
}

/** What runs under a version stays what it is. */
export const alreadyThere = (version: string): TowlineError =>
  new TowlineError(
    'CLI_FILE_EXISTS',
    `release ${version} is there already, and a release does not change: take another version`,
  );
