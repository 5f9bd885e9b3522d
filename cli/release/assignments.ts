/** Files that assign apps: they get the release that is made. */
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { editedYaml } from '../desk/edit-yaml.ts';

/** Files that say which release of an app runs. */
const assigning = /^(?:fleet|(?:groups|devices)\/.+)\.yaml$/;

/**
 * The release in files that assign apps: groups/canary.yaml, a device's file, fleet.yaml. Nothing is written yet.
 * @returns path → text
 */
export async function assigned(
  workTree: string,
  files: readonly string[],
  app: string,
  version: string,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const target = path.resolve(workTree, file);
    if (!target.startsWith(`${workTree}${path.sep}`))
      throw new TowlineError('CLI_USAGE', `--assign ${file} is outside the repository`);
    if (!assigning.test(path.relative(workTree, target))) {
      const places = 'groups/*.yaml, devices/**.yaml and fleet.yaml do';
      throw new TowlineError('CLI_USAGE', `--assign ${file} assigns no apps: ${places}`);
    }
    texts.set(
      target,
      await editedYaml(target, document => document.setIn(['apps', app, 'release'], version)),
    );
  }
  return texts;
}
