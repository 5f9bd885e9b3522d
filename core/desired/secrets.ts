/** The secrets of a project: which SOPS files it names, and which of their variables it uses. Nothing is opened here. */

import { sha256 } from '../canonical-json.ts';
import type { ComposeResult } from '../compose/load/load.ts';
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import { isTowlineError, type Position, type Problem } from '../errors.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import { isSecretOf, namesOfSecret } from '../fleet/secret-owner.ts';
import { maxSecretBytes } from '../secrets/document.ts';
import { sealedVariables } from '../secrets/secret-variables.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { DesiredSecrets, ProjectFile, SecretReference } from './state.ts';

/** A file as the fleet names it, and where. */
export interface NamedSecretFile {
  readonly path: string;
  readonly position: Position;
}

/** Reads one SOPS file, unopened. @returns undefined where it is not there or cannot be read: `problems` says why */
export async function readSecretFile(
  reader: RepositoryFiles,
  commit: ObjectId,
  { path, position }: NamedSecretFile,
  problems: Problem[],
): Promise<ProjectFile | undefined> {
  try {
    const file = await reader.fileAt(commit, path, maxSecretBytes);
    if (file !== undefined) return { mode: 0o100644, bytes: file.bytes, sha256: sha256(file.bytes) };
    problems.push({ code: 'SECRET_FILE_MISSING', message: `there is no ${path}`, position });
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_LIMIT')) throw error;
    problems.push({ code: 'SECRET_MALFORMED', message: error.message, position: { file: path } });
  }
  return undefined;
}

/** Those of the files that are for this app, whoever names them. */
export function ownSecrets(
  app: string,
  named: readonly NamedSecretFile[],
  problems: Problem[],
): readonly NamedSecretFile[] {
  return named.filter(({ path, position }) => {
    if (isSecretOf(path, app)) return true;
    const names = namesOfSecret(path);
    const whom = names.length === 0 ? 'is for no app by its path' : `is for ${names.join(' and ')}`;
    const message = `${path} ${whom}: app "${app}" gets secrets/${app}.env, or what is below secrets/${app}/`;
    problems.push({ code: 'SECRET_OF_ANOTHER_APP', message, position });
    return false;
  });
}

/** Whether no key would open the file at this path: `problems` says why. */
export function isUnreadable(file: ProjectFile, path: string, problems: Problem[]): boolean {
  try {
    sealedVariables(file.bytes, path);
    return false;
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    problems.push({ code: error.code, message: error.message, position: { file: path } });
    return true;
  }
}

/** All variables of the files that an app names; of one name in several files the later wins. */
export interface DeclaredSecrets {
  readonly variables: ReadonlyMap<string, SecretReference>;
  readonly files: ReadonlyMap<string, ProjectFile>;
}

export async function declaredSecrets(
  reader: RepositoryFiles,
  commit: ObjectId,
  named: readonly NamedSecretFile[],
  problems: Problem[],
): Promise<DeclaredSecrets> {
  const variables = new Map<string, SecretReference>();
  const files = new Map<string, ProjectFile>();
  for (const each of named) {
    const { path } = each;
    const file = await readSecretFile(reader, commit, each, problems);
    if (file === undefined) continue;
    if (isUnreadable(file, path, problems)) continue;
    files.set(path, file);
    for (const { name, fingerprint } of sealedVariables(file.bytes, path))
      variables.set(name, { file: path, fingerprint });
  }
  return { variables, files };
}

interface Use {
  readonly variable: string;
  readonly at: readonly (string | number)[];
  /** Without it there is nothing to mount. */
  readonly required: boolean;
}

/** Where a model takes a variable by its name alone and the ordinary variables do not have it. */
function usesOf(model: ComposeModel, contents: ComposeResult['contents']): Use[] {
  const uses: Use[] = [];
  for (const kind of ['configs', 'secrets'] as const) {
    for (const [name, definition] of Object.entries(model[kind] ?? {})) {
      const variable = definition.environment;
      if (variable === undefined || contents[kind][name] !== undefined) continue;
      uses.push({ variable, at: [kind, name, 'environment'], required: true });
    }
  }
  for (const [name, service] of Object.entries(model.services)) {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (value !== null) continue;
      uses.push({ variable, at: ['services', name, 'environment', variable], required: false });
    }
  }
  return uses;
}

/** What of the declared secrets a project uses: another variable of the same file changes nothing for it. */
export function usedSecrets(
  model: ComposeModel,
  contents: ComposeResult['contents'],
  declared: DeclaredSecrets,
  positionOf: PositionLookup,
): { secrets?: DesiredSecrets; problems: Problem[] } {
  const problems: Problem[] = [];
  const variables = new Map<string, SecretReference>();
  for (const { variable, at, required } of usesOf(model, contents)) {
    const reference = declared.variables.get(variable);
    if (reference !== undefined) variables.set(variable, reference);
    else if (required) {
      const message = `no secret and no variable of this app is called ${variable}`;
      problems.push({ code: 'SECRET_VARIABLE_UNKNOWN', message, position: positionOf(at) });
    }
  }
  if (variables.size === 0) return { problems };
  const sorted = new Map([...variables].sort(([left], [right]) => (left < right ? -1 : 1)));
  const used = new Set([...variables.values()].map(({ file }) => file));
  const files = new Map([...declared.files].filter(([path]) => used.has(path)));
  return { secrets: { variables: sorted, files }, problems };
}

/** The part of a project's digest that its secrets are. */
export function secretsListing(secrets: DesiredSecrets | undefined): unknown {
  if (secrets === undefined) return undefined;
  return {
    variables: [...secrets.variables].map(([name, { file, fingerprint }]) => [name, file, fingerprint]),
    files: [...secrets.files].map(([path, { sha256: content }]) => [path, content]),
  };
}
