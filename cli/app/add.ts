/** `towline app add`: a folder with a Compose file becomes an app of the fleet. */
import path from 'node:path';
import type { Command } from 'commander';
import { type FilesAt, withChanges } from '../../core/change/changed-files.ts';
import type { Intent } from '../../core/change/intent.ts';
import type { NewContent } from '../../core/change/new-content.ts';
import { wholeCheck } from '../../core/change/whole-check.ts';
import { TowlineError } from '../../core/errors.ts';
import { appFolder, appPath, namePattern } from '../../core/fleet/paths.ts';
import { serviceImages } from '../../core/release/neutral-model.ts';
import { someOf } from '../../core/some-of.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { type AdoptedFolder, adoptedFolder } from './adopted-folder.ts';
import { type AppFile, readAppFolder } from './app-folder.ts';
import { assertKnown, assertNoSecrets, variableNames } from './plain-secrets.ts';
import { composeProjectName } from './project-name.ts';
import { sealedSecrets } from './sealed-secrets.ts';

interface AddOptions extends ChangeOptions {
  readonly name?: string;
  readonly plain?: readonly string[];
  readonly adopt?: boolean;
}

/** What others call it. */
const otherNames = ['compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

async function add(
  folder: string,
  { name, plain = [], adopt = false, ...options }: AddOptions,
  signal: AbortSignal,
): Promise<void> {
  const app = name ?? (adopt ? composeProjectName(folder) : path.basename(path.resolve(folder)));
  assertName(app, adopt);
  const taken = adopt ? await adoptedFolder({ app, folder, plain }) : undefined;
  const found = taken?.files ?? (await readAppFolder(folder));
  assertKnown(plain, [...variableNames(found), ...Object.keys(taken?.secrets ?? {})]);
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
    const sealed = taken === undefined ? [] : await sealedSecrets(at, app, taken.secrets);
    return {
      files: new Map<string, NewContent>([...files, ...sealed]),
      message: `Add ${app}`,
      check: wholeCheck(new Date()),
    };
  };
  const made = await makeChange({ options, name: `add-${app}`, intend }, signal);
  sayMade(made, {
    json: options.json === true,
    done: `${app} is an app of the fleet, of ${files.size} ${files.size === 1 ? 'file' : 'files'}`,
    already: `${app} is there already`,
    fields: { app, ...(taken === undefined ? {} : { asked: taken.asked, left: taken.left }) },
    notes: [
      `Devices get it by a release: towline release ${app} 1.0.0 --assign groups/NAME.yaml`,
      ...(taken === undefined ? [] : adoptionNotes(app, folder, taken)),
    ],
  });
}

function assertName(app: string, adopt: boolean): void {
  if (namePattern.test(app)) return;
  const said = `"${app}" cannot be an app’s name`;
  // Under another name it would stand beside what runs, with volumes of its own.
  const what = adopt
    ? `${said}, and what docker compose runs under that name cannot be taken over; --name where it runs under another (docker compose ls)`
    : `${said}: --name, of lower-case letters, digits, dashes`;
  throw new TowlineError('CLI_USAGE', what);
}

/** What a person has to do before a device takes it over. */
function adoptionNotes(app: string, folder: string, { asked, left, secrets }: AdoptedFolder): string[] {
  const called = composeProjectName(folder);
  return [
    ...(called === app
      ? []
      : [
          `By its folder docker compose calls it ${called}: only what runs as ${app} (docker compose ls) is taken over`,
        ]),
    `The device has to allow it, in devices/ID.yaml: engine: { adopt: [${app}] }`,
    ...(left.length === 0 ? [] : [`Not taken, for no Compose file names it: ${someOf(left)}`]),
    ...asked.map(what => `It has to allow as well: ${what}`),
    ...(Object.keys(secrets).length === 0
      ? []
      : [`Once it is assigned: towline secret rotate --recipients-only secrets/${app}.env`]),
  ];
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
    .option('--plain <variable>', 'its value looks like a secret, and is none; repeatable', collect)
    .option('--adopt', 'it runs already: devices take it over; every value of .env but --plain is sealed');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline app add ../shop', 'it is called shop'],
        ['towline app add . --name till --worktree', 'into your working tree'],
        ['towline app add /opt/shop --adopt --plain TZ', 'docker compose runs it; .env becomes secrets'],
      ]),
    )
    .action((folder: string, options: AddOptions) => add(folder, options, stop()));
}
