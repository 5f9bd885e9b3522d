import { posix } from 'node:path';
import { ComposeFault, type Path, printable } from '../value/fault.ts';
import { identical } from '../value/identical.ts';
import { emptyMapping, isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { parseEnvFile } from './env-file.ts';
import { blankAt, type Loading, lookupOf } from './loading.ts';
import type { Lookup } from './template.ts';

interface Include {
  readonly paths: readonly string[];
  readonly folder: string | undefined;
  readonly envFiles: readonly string[];
}

function texts(value: Value | undefined, at: Path): string[] {
  if (value === undefined || value === null) return [];
  const list = isList(value) ? value : [value];
  return list.map(element => {
    if (typeof element !== 'string') throw new ComposeFault('COMPOSE_SCHEMA', at, 'include must name files');
    return element;
  });
}

function readInclude(value: Value, at: Path): Include {
  if (typeof value === 'string') return { paths: [value], folder: undefined, envFiles: [] };
  if (value === null) return { paths: [], folder: undefined, envFiles: [] };
  if (!isMapping(value))
    throw new ComposeFault('COMPOSE_SCHEMA', at, 'include must be a list of files or mappings');
  const folder = value.project_directory;
  return {
    paths: texts(value.path, at),
    folder: typeof folder === 'string' && folder !== '' ? folder : undefined,
    envFiles: texts(value.env_file, at),
  };
}

/** Variables of the include's env files; what the project sets already wins. */
function environmentOf(loading: Loading, include: Include, folder: string, at: Path): Record<string, string> {
  const beside = posix.join(folder, '.env');
  const named = include.envFiles.map(file => posix.resolve(loading.folder, file));
  const files = named.length > 0 ? named : loading.files.find(beside, at) === undefined ? [] : [beside];
  const read: Record<string, string> = Object.create(null);
  for (const file of files) {
    const bytes = loading.files.read(file, at);
    const outer = lookupOf(loading);
    const lookup: Lookup = (name, interpolated) => outer(name, interpolated) ?? read[name];
    const text = new TextDecoder().decode(bytes);
    const variables = parseEnvFile(text, lookup, loading.files.relative(file), (name, position) =>
      blankAt(loading, name, () => position),
    );
    loading.files.spending.variables(variables, at);
    Object.assign(read, variables);
  }
  return { ...read, ...loading.environment };
}

const sections = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'];

function importInto(values: Mapping, imported: Mapping, loading: Loading, at: Path): void {
  for (const section of sections) {
    const from = imported[section];
    if (!isMapping(from)) continue;
    const present = values[section];
    const target = isMapping(present) ? present : emptyMapping();
    for (const name of Object.keys(from)) {
      const value = from[name] ?? null;
      if (name in target) {
        if (identical(target[name] ?? null, value)) continue;
        throw new ComposeFault(
          'COMPOSE_MERGE',
          at,
          `${section}.${printable(name)} is defined here and in the included file`,
        );
      }
      target[name] = value;
      loading.marks.copy(from, name, target, name);
    }
    values[section] = target;
  }
}

/**
 * The projects that a file includes, each with paths and variables of its own, copied into it. Changes `values`.
 * @throws ComposeFault COMPOSE_CYCLE, COMPOSE_MERGE, COMPOSE_FILE_MISSING …
 */
export function applyIncludes(loading: Loading, file: string, values: Mapping): void {
  const list = values.include;
  if (list === undefined || list === null) {
    delete values.include;
    return;
  }
  if (!isList(list)) throw new ComposeFault('COMPOSE_SCHEMA', ['include'], 'include must be a list');
  const including = [...loading.including, posix.resolve(loading.folder, file)];
  for (const [index, entry] of list.entries()) {
    const at: Path = ['include', index];
    const include = readInclude(entry, at);
    const paths = include.paths.map(path => posix.resolve(loading.folder, path));
    const [main] = paths;
    if (main === undefined) continue;
    // Any of them, not the first alone: the files after it have includes of their own.
    const again = paths.find(path => including.includes(path));
    if (again !== undefined) {
      const circle = [...including, again].map(path => printable(loading.files.relative(path))).join(' → ');
      throw new ComposeFault('COMPOSE_CYCLE', at, `include in a circle: ${circle}`);
    }
    const folder =
      include.folder === undefined ? posix.dirname(main) : posix.resolve(loading.folder, include.folder);
    const environment = environmentOf(loading, include, folder, at);
    const imported = loading.model({ folder, environment, including }, paths, at);
    importInto(values, imported, loading, at);
  }
  delete values.include;
}
