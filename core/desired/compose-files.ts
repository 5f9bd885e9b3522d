/** The Compose files that an app is put together of, and those of them that are not there. */
import type { Position, Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { nearest } from '../nearest.ts';
import type { AppFolder } from './app-folder.ts';

type AppFile = CheckedFile<'app'> | undefined;

export const composeFilesOf = (file: AppFile): readonly string[] => file?.value.compose ?? ['compose.yaml'];

/** A file that was likely meant: docker compose looks for several names, and Towline for the one that is written down. */
async function meant(folder: AppFolder, name: string): Promise<string | undefined> {
  const files = (await folder.below('')).filter(
    path => /\.ya?ml$/.test(path) && !path.startsWith('releases/'),
  );
  const others = files.filter(path => path !== 'app.yaml');
  return others.find(path => /^(?:docker-)?compose\.ya?ml$/.test(path)) ?? nearest(name, others);
}

/**
 * @param assignedBy where the app is asked for; without it the app's own files are named
 * @returns a problem for each that is missing
 */
export async function missingComposeFiles(
  app: string,
  folder: AppFolder,
  file: AppFile,
  assignedBy?: () => Position,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, name] of composeFilesOf(file).entries()) {
    if ((await folder.read(name)) !== undefined || folder.problems.length > 0) continue;
    const path = `${folder.path}/${name}`;
    const found = await meant(folder, name);
    const hint =
      found === undefined ? '' : `; ${found} is there: rename it, or list it in \`compose\` of app.yaml`;
    const listed = file?.value.compose === undefined ? undefined : file.locate(`/compose/${index}`);
    const own: Position =
      found === undefined ? { file: path } : { file: `${folder.path}/${found}`, line: 1, column: 1 };
    const position = listed ?? assignedBy?.() ?? own;
    problems.push({ code: 'FLEET_APP_UNKNOWN', message: `app "${app}" has no ${path}${hint}`, position });
  }
  return problems;
}
