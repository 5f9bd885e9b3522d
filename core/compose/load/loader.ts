import { project } from '../attributes/project.ts';
import { readDocuments } from '../read/document.ts';
import type { Marks } from '../read/marks.ts';
import { toCanonical } from '../shape/canonical.ts';
import { merge } from '../shape/merge.ts';
import { enforceUnicity } from '../shape/unique.ts';
import { validate } from '../shape/validate.ts';
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { applyExtends } from './extend.ts';
import { applyIncludes } from './include.ts';
import { interpolate } from './interpolate.ts';
import type { ProjectFiles } from './project-files.ts';
import { removePaths } from './reset.ts';
import { type Lookup, SecretInterpolated } from './template.ts';

/** What every phase of one load shares. */
export interface Loading {
  readonly files: ProjectFiles;
  readonly marks: Marks;
  readonly limits: ComposeLimits;
  /** Folder of the Compose files that are being read: absolute, or relative to the project's for an include. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Names that no text may interpolate. */
  readonly secretVariables?: ReadonlySet<string>;
  /** Files that are being included, outermost first. */
  readonly including: readonly string[];
}

/** @throws from the lookup: SecretInterpolated, where a secret variable is to become a part of other text; ComposeFault COMPOSE_TOO_LARGE */
export function lookupOf({ environment, secretVariables, files }: Loading): Lookup {
  return (name, interpolated) => {
    if (interpolated === true && secretVariables?.has(name) === true) throw new SecretInterpolated(name);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    files.spending.characters(value?.length ?? 0, []);
    return value;
  };
}

/** How a file is read: as the project's, or as one that a service extends (its result is validated, not it). */
export interface FileUse {
  readonly extended: boolean;
}

export interface LoadedFile {
  readonly model: Mapping;
  /** What the last document's `!reset` and `!override` take out of a base. */
  readonly replaced: readonly Path[];
}

/** Empty strings of `dns` say nothing. */
function omitEmpty(model: Mapping): void {
  const services = model.services;
  if (!isMapping(services)) return;
  for (const service of Object.values(services)) {
    if (isMapping(service) && isList(service.dns)) {
      service.dns = service.dns.filter(address => address !== '' && address !== null);
    }
  }
}

function refuseTooMany(model: Mapping, limits: ComposeLimits): void {
  for (const section of ['services', 'networks', 'volumes', 'configs', 'secrets', 'models']) {
    const entries = model[section];
    if (!isMapping(entries)) continue;
    const names = Object.keys(entries);
    const first = names[limits.entries];
    if (first === undefined) continue;
    throw new ComposeFault(
      'COMPOSE_TOO_LARGE',
      [section, first],
      `${names.length} ${section}: more than ${limits.entries}`,
    );
  }
}

/** Runs one phase; a fault without position gets that of its path in `root`, or else the file. */
export function positioned<Result>(loading: Loading, file: string, root: Value, phase: () => Result): Result {
  try {
    return phase();
  } catch (error) {
    if (error instanceof ComposeFault) {
      error.position ??= loading.marks.find(root, error.path) ?? { file: loading.files.relative(file) };
    }
    throw error;
  }
}

function readDocument(
  loading: Loading,
  file: string,
  document: { value: Value; replaced: readonly Path[] },
  base: Mapping,
  use: FileUse,
): Mapping {
  const { marks } = loading;
  if (!isMapping(document.value)) {
    throw new ComposeFault('COMPOSE_SCHEMA', [], 'a Compose file must be a mapping');
  }
  refuseTooMany(document.value, loading.limits);
  const lookup = lookupOf(loading);
  const raw = document.value;
  const values = positioned(loading, file, raw, () => interpolate(raw, project, lookup)) as Mapping;
  return positioned(loading, file, values, () => {
    if (!use.extended) applyExtends(loading, file, values, document.replaced);
    removePaths(base, document.replaced);
    if (!use.extended) applyIncludes(loading, file, values);
    const merged = merge(base, values, project, marks);
    return positioned(loading, file, merged, () => {
      enforceUnicity(merged, project, marks);
      if (!use.extended) {
        validate(merged, project);
        delete merged.version;
      }
      loading.files.spending.ports(merged);
      toCanonical(merged, project, marks);
      omitEmpty(merged);
      enforceUnicity(merged, project, marks);
      return merged;
    });
  });
}

/**
 * One file laid on what came before: parse, interpolate, extend, include, merge, validate, long forms.
 * Source: compose-go's documented phases.
 * @throws ComposeFault with its position.
 */
export function loadFile(loading: Loading, file: string, base: Mapping, use: FileUse, at: Path): LoadedFile {
  const bytes = loading.files.read(file, at);
  const name = loading.files.relative(file);
  let model = base;
  let replaced: readonly Path[] = [];
  for (const document of readDocuments(name, bytes, loading.marks, loading.limits)) {
    if (document.value === null && document.replaced.length === 0) {
      throw new ComposeFault('COMPOSE_SCHEMA', [], 'a Compose file must be a mapping', {
        file: name,
        line: 1,
      });
    }
    model = positioned(loading, file, document.value, () => {
      loading.files.spending.whole(document.value, []);
      return readDocument(loading, file, document, model, use);
    });
    replaced = document.replaced;
  }
  return { model, replaced };
}
