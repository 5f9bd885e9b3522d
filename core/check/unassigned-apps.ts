/** Apps that no device has yet: they are looked at before a device gets one, and finds that it is none. */
import { AppFolder } from '../desired/app-folder.ts';
import { missingComposeFiles } from '../desired/compose-files.ts';
import type { Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';

/** A file that may have been meant for the app's: YAML in the folder itself, or by its name anywhere below. */
const likely = /^[^/]+\.ya?ml$|(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/;

/** @param assigned names of the apps that were computed for a device */
export async function unassignedApps(
  { apps, commit }: Fleet,
  files: RepositoryFiles,
  assigned: ReadonlySet<string>,
): Promise<{ problems: Problem[]; warnings: Problem[] }> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [app, { file, releases }] of apps) {
    if (assigned.has(app)) continue;
    const folder = new AppFolder(files, commit, { app });
    const missing = await missingComposeFiles(app, folder, file);
    if (missing.length === 0) continue;
    // A folder in which nothing says that it is an app may be there for something else: files that others are copied from.
    const yaml = (await folder.below('')).some(path => likely.test(path));
    const isApp = file !== undefined || releases.size > 0 || yaml;
    (isApp ? problems : warnings).push(...missing);
  }
  return { problems, warnings };
}
