/** A folder that docker compose runs, as an app: what of it becomes a secret, and what of it no device would take as it stands. */
import { checkForDevice } from '../../core/compose/device/device-check.ts';
import { parseEnvFile } from '../../core/compose/load/env-file.ts';
import { type ComposeResult, loadComposeProject } from '../../core/compose/load/load.ts';
import type { ComposeModel } from '../../core/compose/value/model.ts';
import { projectDirectory } from '../../core/desired/state.ts';
import { type Problem, TowlineError } from '../../core/errors.ts';
import { projectPath } from '../../core/plan/project-files.ts';
import { FleetProblems } from '../command/report-error.ts';
import type { AppFile } from './app-folder.ts';

/** In the order in which docker compose looks for them, each with what goes over it. */
const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideOf = (name: string) =>
  ['yaml', 'yml'].map(ending => name.replace(/\.ya?ml$/, `.override.${ending}`));

export interface AdoptedFolder {
  /** By path below the app's folder, its app.yaml among them. */
  readonly files: ReadonlyMap<string, AppFile>;
  /** Values of `.env` that are to be sealed. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Keys of `engine` that a device would have to give, each with what for. */
  readonly asked: readonly string[];
}

interface Folder {
  readonly app: string;
  readonly found: ReadonlyMap<string, AppFile>;
  /** Variables of `.env` that are no secrets. */
  readonly plain: readonly string[];
}

/** A value that only a key of the device's `engine` allows. */
const allowance = /\(engine\.\w+\)$/;

const plainFile = (text: string): AppFile => ({ bytes: Buffer.from(text), mode: '100644' });

function composeFilesIn(found: Folder['found']): string[] {
  const first = composeNames.find(name => found.has(name));
  if (first === undefined)
    throw new TowlineError('CLI_USAGE', `the folder has no Compose file: ${composeNames.join(', ')}`);
  const over = overrideOf(first).find(name => found.has(name));
  return over === undefined ? [first] : [first, over];
}

/** Of `.env`, as docker compose reads it. */
function variablesOf(found: Folder['found']): Readonly<Record<string, string>> {
  const bytes = found.get('.env')?.bytes;
  if (bytes === undefined) return {};
  return parseEnvFile(
    Buffer.from(bytes).toString('utf8'),
    () => undefined,
    '.env',
    () => undefined,
  );
}

/** Folders that a container writes to: what is in them is data, and no git has it. */
function dataProblems(
  model: ComposeModel,
  { found }: Folder,
  positionOf: ComposeResult['positionOf'],
): Problem[] {
  return Object.entries(model.services).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap(({ type, source = '', read_only: readOnly }, index): Problem[] => {
      const path = projectPath(source);
      if (type !== 'bind' || readOnly === true || path === undefined || found.has(path)) return [];
      const message = `./${path} is written to by ${service}: name it by its absolute path, which the device allows by engine.bindRoots; or add :ro where it is only read`;
      return [
        { code: 'CLI_ADOPT_DATA', message, position: positionOf(['services', service, 'volumes', index]) },
      ];
    }),
  );
}

/** All of `.env` as the file of a service: those of it that are sealed would be missing there. */
function envFileProblems(secrets: readonly string[], { filesRead }: ComposeResult): Problem[] {
  if (secrets.length === 0 || !filesRead.some(name => name.replace(`${projectDirectory}/`, '') === '.env'))
    return [];
  const message = `a service takes all of .env as its env_file: name in \`environment\` those that it needs: ${secrets.join(', ')}`;
  return [{ code: 'CLI_ADOPT_DATA', message, position: { file: '.env' } }];
}

function loaded(
  { app, found }: Folder,
  composeFiles: readonly string[],
  variables: Readonly<Record<string, string>>,
  secrets: ReadonlySet<string>,
): ComposeResult {
  return loadComposeProject({
    files: name => found.get(name)?.bytes,
    composeFiles,
    projectName: app,
    workingDirectory: projectDirectory,
    environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !secrets.has(name))),
    profiles: ['*'],
    consistency: true,
    secretVariables: secrets,
  });
}

/**
 * @throws FleetProblems for what no device would take, each where it stands; TowlineError CLI_USAGE
 */
export function adoptedFolder(folder: Folder): AdoptedFolder {
  const { app, found, plain } = folder;
  if (found.has('app.yaml'))
    throw new TowlineError('CLI_USAGE', 'the folder has an app.yaml already: --adopt writes one');
  const composeFiles = composeFilesIn(found);
  const variables = variablesOf(found);
  const secrets = Object.fromEntries(Object.entries(variables).filter(([name]) => !plain.includes(name)));
  const names = Object.keys(secrets);
  const result = loaded(folder, composeFiles, variables, new Set(names));
  const { model, problems, positionOf, statedName } = result;
  if (model === undefined || problems.length > 0) throw new FleetProblems(problems.map(withRemedy));
  if (statedName !== undefined && statedName !== app)
    throw new TowlineError(
      'CLI_USAGE',
      `the project calls itself ${statedName}, and the app is to be called as it: --name ${statedName}`,
    );
  const device = checkForDevice(model, {}, positionOf);
  const refused = [
    ...device.filter(({ message }) => !allowance.test(message)),
    ...dataProblems(model, folder, positionOf),
    ...envFileProblems(names, result),
  ];
  if (refused.length > 0) throw new FleetProblems(refused);
  const kept = plain.flatMap(name =>
    name in variables ? [`${name}=${quoted(variables[name] ?? '')}\n`] : [],
  );
  const rest = [...found].filter(([name]) => name !== '.env');
  return {
    files: new Map([
      ...rest,
      ...(kept.length === 0 ? [] : [['.env', plainFile(kept.join(''))] as const]),
      ['app.yaml', plainFile(appYaml(app, composeFiles, names.length > 0))],
    ]),
    secrets,
    asked: [...new Set(device.map(({ message }) => message))],
  };
}

/** Docker compose's own quotes, in which nothing is read anew. */
const quoted = (value: string): string => (/^[\w./:@+-]*$/.test(value) ? value : `'${value}'`);

function withRemedy(problem: Problem): Problem {
  if (problem.code !== 'SECRET_INTERPOLATED') return problem;
  const message = `${problem.message}; every value of .env is a secret: name it alone in \`environment\`, without a value, or say --plain NAME`;
  return { ...problem, message };
}

function appYaml(app: string, composeFiles: readonly string[], hasSecrets: boolean): string {
  return [
    'apiVersion: towline/v1',
    ...(composeFiles.join() === 'compose.yaml' ? [] : [`compose: [${composeFiles.join(', ')}]`]),
    '# Takes over what docker compose runs under this name, where the device’s engine.adopt names it.',
    'adopt: true',
    ...(hasSecrets ? [`secrets: [secrets/${app}.env]`] : []),
    '',
  ].join('\n');
}
