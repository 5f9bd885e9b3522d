/** A folder that docker compose runs, as an app: what of it becomes a secret, and what of it no device would take as it stands. */
import { posix } from 'node:path';
import { checkForDevice } from '../../core/compose/device/device-check.ts';
import { parseEnvFile } from '../../core/compose/load/env-file.ts';
import { type ComposeResult, loadComposeProject } from '../../core/compose/load/load.ts';
import { textOfFile } from '../../core/compose/read/text.ts';
import { ComposeFault } from '../../core/compose/value/fault.ts';
import { projectDirectory } from '../../core/desired/state.ts';
import { FleetProblems, type Problem, TowlineError } from '../../core/errors.ts';
import { definedPaths, type Loaded, mountedPaths, outsideProblems } from './adopted-paths.ts';
import type { AppFile } from './app-folder.ts';
import { NamedFiles } from './named-files.ts';

/** In the order in which docker compose looks for them. */
const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
/** The first of them goes over that one, whatever it is called. */
const overrideNames = ['compose', 'docker-compose'].flatMap(name =>
  ['yml', 'yaml'].map(ending => `${name}.override.${ending}`),
);

export interface AdoptedFolder {
  /** By path below the app's folder, its app.yaml among them: what the Compose files name, and nothing else. */
  readonly files: ReadonlyMap<string, AppFile>;
  /** Values of `.env` that are to be sealed. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Keys of `engine` that a device would have to give, each with what for. */
  readonly asked: readonly string[];
  /** Names at the top of the folder that are no part of the app. */
  readonly left: readonly string[];
}

interface Request {
  readonly app: string;
  readonly folder: string;
  /** Variables of `.env` that are no secrets. */
  readonly plain: readonly string[];
}

interface Folder {
  readonly app: string;
  readonly files: NamedFiles;
  readonly composeFiles: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: ReadonlySet<string>;
}

/** A value that only a key of the device's `engine` allows. */
const allowance = /\(engine\.\w+\)$/;

const plainFile = (text: string): AppFile => ({ bytes: Buffer.from(text), mode: '100644' });

/** As `COMPOSE_FILE` of `.env` names them, or the first that there is. */
async function composeFilesIn(files: NamedFiles, variables: Folder['variables']): Promise<string[]> {
  const { COMPOSE_FILE: stated = '', COMPOSE_PATH_SEPARATOR: separator } = variables;
  if (stated !== '') {
    const names = stated
      .split(separator || ':')
      .flatMap(name => (name === '' ? [] : [posix.normalize(name)]));
    const own = posix.dirname(names[0] ?? '');
    if (own === '.') return names;
    // Its paths begin there, and the project is called as it.
    throw new TowlineError(
      'CLI_USAGE',
      `docker compose takes ${own} for the folder of the project: adopt that one`,
    );
  }
  for (const name of composeNames) {
    if ((await files.kindOf(name)) !== 'file') continue;
    for (const over of overrideNames) if ((await files.kindOf(over)) === 'file') return [name, over];
    return [name];
  }
  throw new TowlineError('CLI_USAGE', `the folder has no Compose file: ${composeNames.join(', ')}`);
}

/** Of `.env`, as docker compose reads it. @throws FleetProblems */
async function variablesOf(files: NamedFiles): Promise<Folder['variables']> {
  await files.take('.env');
  const bytes = files.found.get('.env')?.bytes;
  if (bytes === undefined) return {};
  const none = () => undefined;
  try {
    return parseEnvFile(textOfFile('.env', bytes), none, '.env', none);
  } catch (error) {
    if (!(error instanceof ComposeFault)) throw error;
    const { code, message, position = { file: '.env' } } = error;
    throw new FleetProblems([{ code, message, position }]);
  }
}

/** All of `.env` as the file of a service: those of it that are sealed would be missing there. */
function envFileProblems({ secrets }: Folder, { filesRead }: ComposeResult): Problem[] {
  if (secrets.size === 0 || !filesRead.includes('.env')) return [];
  const message = `a service takes all of .env as its env_file: name in \`environment\` those that it needs: ${[...secrets].join(', ')}`;
  return [{ code: 'CLI_ADOPT_DATA', message, position: { file: '.env' } }];
}

/** What is relative lies elsewhere, seen from there. */
const elsewhere = `${projectDirectory}${'/deep'.repeat(32)}`;

function loaded(
  { app, files, composeFiles, variables, secrets }: Folder,
  at: string,
): Promise<ComposeResult> {
  return files.resolve(read =>
    loadComposeProject({
      files: read,
      composeFiles,
      projectName: app,
      workingDirectory: at,
      environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !secrets.has(name))),
      profiles: ['*'],
      consistency: true,
      secretVariables: secrets,
    }),
  );
}

async function loadedWhole(folder: Folder): Promise<Loaded> {
  const { model, ...result } = await loaded(folder, projectDirectory);
  if (model === undefined || result.problems.length > 0)
    throw new FleetProblems(result.problems.map(withRemedy));
  // What the shell of docker compose would say goes before what the file does.
  const named = folder.variables.COMPOSE_PROJECT_NAME || result.statedName;
  if (named !== undefined && named !== folder.app)
    throw new TowlineError(
      'CLI_USAGE',
      `the project calls itself ${named}, and the app is to be called as it: --name ${named}`,
    );
  return { ...result, model };
}

/**
 * Reads what the Compose files name, once all of it is known to be takeable: what else lies in the folder may be large, or root's.
 * @throws FleetProblems for what no device would take, each where it stands; TowlineError CLI_USAGE, FLEET_PROJECT_TOO_LARGE
 */
export async function adoptedFolder({ app, folder: place, plain }: Request): Promise<AdoptedFolder> {
  const files = await NamedFiles.open(place);
  if ((await files.kindOf('app.yaml')) !== undefined)
    throw new TowlineError('CLI_USAGE', 'the folder has an app.yaml already: --adopt writes one');
  const variables = await variablesOf(files);
  const composeFiles = await composeFilesIn(files, variables);
  const isPlain = (name: string) => plain.includes(name) || name.startsWith('COMPOSE_');
  const sealed = Object.entries(variables).filter(([name]) => !isPlain(name));
  const folder = { app, files, composeFiles, variables, secrets: new Set(sealed.map(([name]) => name)) };
  const whole = await loadedWhole(folder);
  const device = checkForDevice(whole.model, {}, whole.positionOf);
  const named = [...(await mountedPaths(files, whole)), ...definedPaths(whole)];
  const refused = [
    ...device.filter(({ message }) => !allowance.test(message)),
    ...named.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    ...outsideProblems(whole, await loaded(folder, elsewhere)),
    ...envFileProblems(folder, whole),
  ];
  if (refused.length > 0) throw new FleetProblems(refused);
  for (const { path } of named) await files.take(path);
  const kept = Object.entries(variables).flatMap(([name, value]) =>
    isPlain(name) ? [`${name}=${quoted(value)}\n`] : [],
  );
  const rest = [...files.found].filter(([name]) => name !== '.env');
  const { COMPOSE_PROFILES: profiles = '' } = variables;
  return {
    files: new Map([
      ...rest,
      ...(kept.length === 0 ? [] : [['.env', plainFile(kept.join(''))] as const]),
      ['app.yaml', plainFile(appYaml(app, { composeFiles, profiles, hasSecrets: sealed.length > 0 }))],
    ]),
    secrets: Object.fromEntries(sealed),
    asked: [...new Set(device.map(({ message }) => message))],
    left: await files.left(),
  };
}

/** Docker compose's own quotes, in which nothing is read anew; where they cannot hold it, those with escapes. */
function quoted(value: string): string {
  if (/^[\w./:@+-]*$/.test(value)) return value;
  if (!/['\\]/.test(value)) return `'${value}'`;
  return `"${value.replace(/["$\\]/g, '\\$&')}"`;
}

function withRemedy(problem: Problem): Problem {
  if (problem.code !== 'SECRET_INTERPOLATED') return problem;
  const [, name = 'NAME'] = /^(\w+) is a secret variable/.exec(problem.message) ?? [];
  const message = `${problem.message}; every value of .env is a secret: name it alone in \`environment\`, without a value, or say --plain ${name}`;
  return { ...problem, message };
}

interface Said {
  readonly composeFiles: readonly string[];
  /** As `COMPOSE_PROFILES` has them. */
  readonly profiles: string;
  readonly hasSecrets: boolean;
}

const list = (names: readonly string[]) =>
  `[${names.map(name => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name))).join(', ')}]`;

function appYaml(app: string, { composeFiles, profiles, hasSecrets }: Said): string {
  const on = profiles.split(',').filter(name => name !== '');
  return [
    'apiVersion: towline/v1',
    ...(composeFiles.join() === 'compose.yaml' ? [] : [`compose: ${list(composeFiles)}`]),
    ...(on.length === 0 ? [] : [`profiles: ${list(on)}`]),
    '# Takes over what docker compose runs under this name, where the device’s engine.adopt names it.',
    'adopt: true',
    ...(hasSecrets ? [`secrets: [secrets/${app}.env]`] : []),
    '',
  ].join('\n');
}
