import { posix } from 'node:path';
import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { type PathRule, type Shape, shapeOfPart } from './shape.ts';

export interface PathBase {
  /** Folder that relative paths start from: absolute for the project, relative for a file it extends. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string | undefined;
}

type Resolver = (text: string, base: PathBase) => string;

function expandHome(path: string, home: string | undefined): string {
  return path.startsWith('~') && home !== undefined ? posix.join(home, path.slice(1)) : path;
}

/** A path of Windows that is absolute there: drive and separator, or a UNC name. */
function isWindowsAbsolute(path: string): boolean {
  return /^.:[\\/]/s.test(path) || /^[\\/]{2}/.test(path);
}

function join(base: PathBase, path: string): string {
  const joined = posix.join(base.folder, path);
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

const absolute: Resolver = (text, base) => {
  const path = expandHome(text, base.home);
  return path === '' || path.startsWith('/') ? path : join(base, path);
};

/** A path on the engine's host, which may be another system than this one. */
const host: Resolver = (text, base) => {
  const path = expandHome(text, base.home);
  return path.startsWith('/') || isWindowsAbsolute(path) ? path : join(base, path);
};

/** A build context: a folder, a URL, or another service. */
const context: Resolver = (text, base) => {
  const remote = text.includes('://') || /^(service:|https?:|git:|ssh:|github\.com\/|git@)/.test(text);
  return remote ? text : absolute(text, base);
};

function resolveMount(volume: Mapping, base: PathBase, path: Path): void {
  if (volume.type !== 'bind') return;
  if (typeof volume.source !== 'string') {
    throw new ComposeFault('COMPOSE_VALUE', path, `${pathText(path)}: a bind mount needs a \`source\``);
  }
  volume.source = host(volume.source, base);
}

function resolveVolumeOptions(volume: Mapping, base: PathBase): void {
  const options = volume.driver_opts;
  if (volume.driver !== 'local' || !isMapping(options) || options.o !== 'bind') return;
  if (typeof options.device === 'string') options.device = host(options.device, base);
}

function resolveOne(rule: PathRule, value: Value, base: PathBase, path: Path): Value {
  if (isMapping(value)) {
    if (rule === 'mount') resolveMount(value, base, path);
    if (rule === 'volume-options') resolveVolumeOptions(value, base);
    return value;
  }
  if (typeof value !== 'string') return value;
  if (rule === 'absolute') return absolute(value, base);
  if (rule === 'host') return host(value, base);
  return rule === 'context' ? context(value, base) : value;
}

/** Relative paths, made to start from the base's folder. Changes `value`. @throws ComposeFault COMPOSE_VALUE */
export function resolvePaths(value: Value, shape: Shape | undefined, base: PathBase, path: Path = []): Value {
  if (shape === undefined) return value;
  if (shape.path !== undefined) return resolveOne(shape.path, value, base, path);
  if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      value[key] = resolvePaths(value[key] ?? null, shapeOfPart(shape, key), base, [...path, key]);
    }
  } else if (isList(value)) {
    for (const [index, element] of value.entries()) {
      value[index] = resolvePaths(element, shapeOfPart(shape, index), base, [...path, index]);
    }
  }
  return value;
}
