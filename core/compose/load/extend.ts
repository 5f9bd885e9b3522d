import { posix } from 'node:path';
import { suggestion } from '../../nearest.ts';
import { project } from '../attributes/project.ts';
import { service as serviceShape } from '../attributes/service.ts';
import { merge } from '../shape/merge.ts';
import { resolvePaths } from '../shape/resolve-paths.ts';
import { ComposeFault, Faults, type Path, pathText, printable } from '../value/fault.ts';
import { emptyMapping, isMapping, type Mapping, type Value } from '../value/value.ts';
import type { LoadedFile, Loading } from './loading.ts';
import { removePaths } from './reset.ts';

/** The services that extend another, each with the file that it stands in, from the first on: one twice is a circle. */
type Trail = readonly string[];

interface Scope {
  readonly loading: Loading;
  readonly file: string;
  readonly services: Mapping;
  /** What the file's `!reset` and `!override` take out of the base of its services. */
  readonly replaced: readonly Path[];
  /** Files of bases, each read once, and what is wrong with one that cannot be read. */
  readonly bases: Map<string, Scope | ComposeFault>;
}

/** Bases of bases. */
const maxTrail = 50;

function reference(service: Mapping, path: Path): { name: string; file: string | undefined } {
  const { extends: from } = service;
  if (typeof from === 'string') return { name: from, file: undefined };
  if (!isMapping(from) || typeof from.service !== 'string') {
    throw new ComposeFault(
      'COMPOSE_SCHEMA',
      [...path, 'extends'],
      `${pathText(path)}.extends misses its \`service\``,
    );
  }
  const { file } = from;
  if (file !== undefined && file !== null && typeof file !== 'string') {
    throw new ComposeFault(
      'COMPOSE_SCHEMA',
      [...path, 'extends', 'file'],
      `${pathText(path)}.extends.file must be a string`,
    );
  }
  return { name: from.service, file: file ?? undefined };
}

/** However many extend what stands there: a fault of the file itself, which has its position, is found once. */
function loadBase({ loading, bases }: Scope, target: string, path: Path): LoadedFile {
  try {
    return loading.load(target, path);
  } catch (error) {
    if (error instanceof ComposeFault && error.position !== undefined) bases.set(target, error);
    throw error;
  }
}

function scopeOfFile(scope: Scope, file: string, path: Path): Scope {
  const { loading } = scope;
  const target = posix.resolve(loading.folder, file);
  const known = scope.bases.get(target);
  if (known instanceof ComposeFault) throw known;
  if (known !== undefined) return known;
  const loaded = loadBase(scope, target, path);
  const relativeFolder = posix.relative(loading.folder, posix.dirname(target)) || '.';
  resolvePaths(loaded.model, project, { folder: relativeFolder, home: loading.environment.HOME });
  const { services } = loaded.model;
  if (!isMapping(services)) {
    throw new ComposeFault('COMPOSE_REFERENCE', path, `${printable(file)} has no services to extend`);
  }
  const found: Scope = {
    ...scope,
    file: loading.files.relative(target),
    services,
    replaced: loaded.replaced,
  };
  scope.bases.set(target, found);
  return found;
}

function extended(scope: Scope, name: string, trail: Trail, path: Path): Value {
  const service = scope.services[name] ?? null;
  if (service === null) return null;
  if (!isMapping(service)) {
    throw new ComposeFault('COMPOSE_SCHEMA', path, `${pathText(path)} must be a mapping`);
  }
  if (!('extends' in service)) return service;
  const base = reference(service, path);
  const at = [...path, 'extends'];
  const inner = base.file === undefined ? scope : scopeOfFile(scope, base.file, at);
  if (!Object.hasOwn(inner.services, base.name)) {
    const near = suggestion(base.name, Object.keys(inner.services));
    const message = `service \`${printable(name)}\` extends \`${printable(base.name)}\`, which ${printable(inner.file)} does not define${near}`;
    throw new ComposeFault('COMPOSE_REFERENCE', at, message);
  }
  const step = `${name} in ${scope.file}`;
  if (trail.includes(step)) {
    const circle = [...trail.slice(trail.indexOf(step)), step].map(part => printable(part)).join(' → ');
    throw new ComposeFault('COMPOSE_CYCLE', at, `extends in a circle: ${circle}`);
  }
  if (trail.length >= maxTrail) {
    throw new ComposeFault('COMPOSE_TOO_LARGE', at, `extends is nested deeper than ${maxTrail} levels`);
  }
  const basePath = inner === scope ? ['services', base.name] : path;
  const source = extended(inner, base.name, [...trail, step], basePath);
  if (!isMapping(source)) return service;
  const { files, marks } = scope.loading;
  files.spending.whole(source, at);
  const copy = marks.clone(source);
  removePaths(wrap(name, copy), scope.replaced);
  const merged = merge(copy, service, {
    shape: serviceShape,
    path: ['services', name],
    marks,
  });
  delete merged.extends;
  scope.services[name] = merged;
  return merged;
}

function wrap(name: string, service: Value): Mapping {
  const services = Object.assign(emptyMapping(), { [name]: service });
  return Object.assign(emptyMapping(), { services });
}

/**
 * Each service that extends another, merged onto it; the other may be in another file. Changes `values`.
 * @throws ComposeFault COMPOSE_REFERENCE, COMPOSE_CYCLE, COMPOSE_FILE_MISSING …
 */
export function applyExtends(
  loading: Loading,
  file: string,
  values: Mapping,
  replaced: readonly Path[],
): void {
  const { services } = values;
  if (services === undefined) return;
  if (!isMapping(services))
    throw new ComposeFault('COMPOSE_SCHEMA', ['services'], 'services must be a mapping');
  const scope: Scope = { loading, file: loading.files.relative(file), services, replaced, bases: new Map() };
  const faults = new Faults();
  for (const name of Object.keys(services)) {
    faults.attempt(() => {
      services[name] = extended(scope, name, [], ['services', name]);
    });
  }
  faults.end();
}
