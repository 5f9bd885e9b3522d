/** `towline app add`: a folder with a Compose file becomes an app of the fleet. */
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { appFolder, appPath, namePattern } from '../../core/fleet/paths.ts';
import { wholeCheck } from '../assign/whole-check.ts';
import { type FilesAt, withChanges } from '../change/changed-files.ts';
import { type Intent, makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { serviceImages } from '../release/release-images.ts';
import { type AppFile, readAppFolder } from './app-folder.ts';
import { assertNoSecrets } from './plain-secrets.ts';

interface AddOptions extends ChangeOptions {
  readonly name?: string;
  readonly plain?: readonly string[];
}

/** What others call it. */
const otherNames = ['compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

async function add(
  folder: string,
  { name, plain = [], ...options }: AddOptions,
  signal: AbortSignal,
): Promise<void> {
  const app = name ?? path.basename(path.resolve(folder));
  if (!namePattern.test(app))
    throw new TowlineError(
      'CLI_USAGE',
      `"${app}" cannot be an app’s name: --name, of lower-case letters, digits, dashes`,
    );
  const found = await readAppFolder(folder);
  assertNoSecrets(app, found, plain);
  const files: ReadonlyMap<string, AppFile> = new Map(
    [...found].map(([file, content]) => [`${appFolder(app)}/${file}`, content] as const),
  );
  if (!files.has(`${appFolder(app)}/compose.yaml`) && !files.has(appPath(app)))
    throw new TowlineError('CLI_USAGE', `${folder} has no compose.yaml${renameWords(found)}`);
  const intend = async (at: FilesAt): Promise<Intent> => {
    if (await hasFiles(at, appFolder(app)))
      throw new TowlineError(
        'CLI_FILE_EXISTS',
        `there is an app ${app} already: --name gives this one another name`,
      );
    // As a release of it would be read: what its Compose files have wrong is said now.
    await serviceImages({ ...withChanges(at, files), app, version: '0', variables: {} });
    return { files, message: `Add ${app}`, check: wholeCheck };
  };
  const made = await makeChange({ options, name: `add-${app}`, intend }, signal);
  sayMade(made, {
    json: options.json === true,
    done: `${app} is an app of the fleet, of ${files.size} ${files.size === 1 ? 'file' : 'files'}`,
    already: `${app} is there already`,
    fields: { app },
    notes: [`Devices get it by a release: towline release ${app} 1.0.0 --assign groups/NAME.yaml`],
  });
}

function renameWords(found: ReadonlyMap<string, AppFile>): string {
  const other = otherNames.find(file => found.has(file));
  return other === undefined ? '' : `: rename ${other}`;
}

/** Whatever is wrong with them: none is written over. */
async function hasFiles({ files, commit }: FilesAt, folder: string): Promise<boolean> {
  for await (const { path: file } of files.list(commit, folder)) return file !== '';
  return false;
}

export function registerAppAdd(command: Command, stop: Stop): void {
  const verb = command
    .command('add')
    .description('Take a folder with a compose.yaml, and what lies beside it, for an app of the fleet.')
    .argument('<dir>', 'the folder; secrets in it are refused')
    .option('--name <app>', 'of the app (default: the folder’s)')
    .option('--plain <variable>', 'its value looks like a secret, and is none; repeatable', collect);
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline app add ../shop', 'it is called shop'],
        ['towline app add . --name till --worktree', 'into your working tree'],
      ]),
    )
    .action((folder: string, options: AddOptions) => add(folder, options, stop()));
}
