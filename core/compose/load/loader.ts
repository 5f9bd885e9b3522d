import { project } from '../attributes/project.ts';
import { type ComposeDocument, readDocuments } from '../read/document.ts';
import { toCanonical } from '../shape/canonical.ts';
import { merge } from '../shape/merge.ts';
import { enforceUnicity } from '../shape/unique.ts';
import { validate } from '../shape/validate.ts';
import { ComposeFault, type Path } from '../value/fault.ts';
import type { ComposeLimits } from '../value/limits.ts';
import { isList, isMapping, type Mapping } from '../value/value.ts';
import { applyExtends } from './extend.ts';
import { applyIncludes } from './include.ts';
import { interpolate } from './interpolate.ts';
import { blankAt, type LoadedFile, type Loading, lookupOf, placeIn, positioned } from './loading.ts';
import { removePaths } from './reset.ts';

/** How a file is read: as the project's, or as one that a service extends (its result is validated, not it). */
export interface FileUse {
  /** What the file is laid on. */
  readonly base: Mapping;
  readonly extended: boolean;
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

function readDocument(
  loading: Loading,
  file: string,
  document: ComposeDocument,
  { base, extended }: FileUse,
): Mapping {
  const { marks } = loading;
  if (!isMapping(document.value)) {
    throw new ComposeFault('COMPOSE_SCHEMA', [], 'a Compose file must be a mapping');
  }
  refuseTooMany(document.value, loading.limits);
  const values = document.value;
  const variables = {
    lookup: lookupOf(loading),
    onBlank: (name: string, path: Path) => blankAt(loading, name, () => placeIn(loading, file, values, path)),
  };
  positioned(loading, file, values, () => interpolate(values, project, variables));
  return positioned(loading, file, values, () => {
    if (!extended) applyExtends(loading, file, values, document.replaced);
    removePaths(base, document.replaced);
    if (!extended) applyIncludes(loading, file, values);
    const merged = merge(base, values, { shape: project, path: [], marks });
    return positioned(loading, file, merged, () => {
      enforceUnicity(merged, project, marks);
      if (!extended) {
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
export function loadFile(loading: Loading, file: string, at: Path, use: FileUse): LoadedFile {
  const bytes = loading.files.read(file, at);
  const name = loading.files.relative(file);
  let model = use.base;
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
      return readDocument(loading, file, document, { ...use, base: model });
    });
    replaced = document.replaced;
  }
  return { model, replaced };
}
