import type { Marks } from '../read/marks.ts';
import { startedDependency, toNames } from '../read/sequence.ts';
import { ComposeFault, Faults, type Path, pathText, printable } from '../value/fault.ts';
import {
  emptyMapping,
  isInteger,
  isList,
  isMapping,
  type Mapping,
  textOf,
  typeName,
  type Value,
} from '../value/value.ts';
import { parsePorts } from './port-spec.ts';
import { type CanonicalRule, type Shape, shapeOfPart } from './shape.ts';
import { parseVolume, volumeOf } from './volume-spec.ts';

/** What a transformer is given: the value whose parts are canonical already. */
interface Form {
  readonly value: Value;
  readonly path: Path;
  readonly marks: Marks;
}

function refuse({ path, value }: Form): never {
  throw new ComposeFault('COMPOSE_SCHEMA', path, `${pathText(path)} cannot be ${typeName(value)}`);
}

function mappingOf(entries: Readonly<Record<string, Value>>): Mapping {
  return Object.assign(emptyMapping(), entries);
}

/** A mapping stays, a string becomes `{key: string}`. */
const named =
  (key: string) =>
  (form: Form): Value => {
    if (isMapping(form.value)) return form.value;
    return typeof form.value === 'string' ? mappingOf({ [key]: form.value }) : refuse(form);
  };

function toList({ value }: Form): Value {
  return typeof value === 'string' ? [value] : value;
}

function toKeyValues(form: Form): Value {
  const { value, path, marks } = form;
  if (isMapping(value)) return value;
  if (!isList(value)) return refuse(form);
  const mapping = emptyMapping();
  for (const [index, element] of value.entries()) {
    const [, key, held] = /^([^=]*)=([\s\S]*)$/.exec(String(element)) ?? [];
    if (key === undefined || held === undefined) {
      const message = `${pathText(path)}: \`${printable(String(element))}\` must be KEY=VALUE`;
      throw new ComposeFault('COMPOSE_VALUE', [...path, index], message);
    }
    mapping[key] = held;
    marks.copy(value, index, mapping, key);
  }
  return mapping;
}

function toDependencies(form: Form): Value {
  const { value, path, marks } = form;
  if (isList(value)) return toNames(value, marks, startedDependency, path);
  if (!isMapping(value)) return refuse(form);
  for (const key of Object.keys(value)) {
    const dependency = value[key];
    if (!isMapping(dependency)) return refuse({ ...form, path: [...path, key] });
    dependency.condition ??= 'service_started';
    dependency.required ??= true;
  }
  return value;
}

function toEnvFile(value: Value): Value {
  if (typeof value === 'string') return mappingOf({ path: value, required: true });
  if (isMapping(value)) value.required ??= true;
  return value;
}

function toEnvFiles(form: Form): Value {
  if (typeof form.value === 'string') return [toEnvFile(form.value)];
  if (!isList(form.value)) return refuse(form);
  const list = form.value.map(toEnvFile);
  form.marks.copyAll(form.value, list);
  return list;
}

function toVolume(form: Form): Value {
  if (typeof form.value === 'string') return volumeOf(parseVolume(form.value, form.path));
  return isMapping(form.value) ? form.value : refuse(form);
}

function toDevice(form: Form): Value {
  if (isMapping(form.value)) return form.value;
  if (typeof form.value !== 'string') return refuse(form);
  const [source = '', target, permissions, ...more] = form.value.split(':');
  if (more.length > 0) {
    const message = `device \`${printable(form.value)}\`: use the long syntax`;
    throw new ComposeFault('COMPOSE_VALUE', form.path, message);
  }
  return mappingOf({ source, target: target || source, permissions: permissions ?? 'rwm' });
}

function toPorts(form: Form): Value {
  if (!isList(form.value)) return refuse(form);
  const list: Value[] = [];
  for (const [index, entry] of form.value.entries()) {
    const path = [...form.path, index];
    const text = typeof entry === 'string' || isInteger(entry) ? textOf(entry) : undefined;
    if (text === undefined && !isMapping(entry)) return refuse({ ...form, value: entry, path });
    for (const port of text === undefined ? [entry] : parsePorts(text, path)) {
      form.marks.copy(form.value, index, list, list.length);
      list.push(port);
    }
  }
  return list;
}

function toSshKeys(form: Form): Value {
  if (isMapping(form.value)) return form.value;
  if (!isList(form.value)) return refuse(form);
  const keys = emptyMapping();
  for (const [index, entry] of form.value.entries()) {
    const [, id, file] = /^([^=]*)(?:=([\s\S]*))?$/.exec(String(entry)) ?? [];
    if (id === undefined || (file === undefined && id !== 'default')) {
      throw new ComposeFault(
        'COMPOSE_VALUE',
        [...form.path, index],
        `invalid SSH key \`${printable(String(entry))}\``,
      );
    }
    keys[id] = file ?? null;
  }
  return keys;
}

function toExternal(form: Form): Value {
  const resource = form.value;
  if (!isMapping(resource) || !isMapping(resource.external)) return resource;
  const { name } = resource.external;
  resource.external = true;
  if (name === undefined) return resource;
  if (resource.name !== undefined && resource.name !== name) {
    const message = `${pathText(form.path)}: \`name\` and \`external.name\` differ; use \`name\``;
    throw new ComposeFault('COMPOSE_VALUE', [...form.path, 'external'], message);
  }
  resource.name = name;
  return resource;
}

const transformers: Readonly<Record<CanonicalRule, (form: Form) => Value>> = {
  list: toList,
  build: named('context'),
  'file-mount': named('source'),
  text: ({ value }) => (typeof value === 'string' ? value : textOf(value)),
  'key-value': toKeyValues,
  'depends-on': toDependencies,
  'env-file': toEnvFiles,
  extends: named('service'),
  gpus: form => {
    if (isList(form.value)) return form.value;
    return typeof form.value === 'string' ? [mappingOf({ count: 'all' })] : refuse(form);
  },
  names: ({ value, path, marks }) => (isList(value) ? toNames(value, marks, () => null, path) : value),
  volume: toVolume,
  device: toDevice,
  ports: toPorts,
  ssh: toSshKeys,
  ulimit: form => (isMapping(form.value) || isInteger(form.value) ? form.value : refuse(form)),
  external: toExternal,
  include: named('path'),
};

/** Every short form as its long form. Changes `value`. @throws ComposeFault COMPOSE_SCHEMA or COMPOSE_VALUE */
export function toCanonical(value: Value, shape: Shape | undefined, marks: Marks, path: Path = []): Value {
  if (shape === undefined) return value;
  const faults = new Faults();
  if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      faults.attempt(() => {
        value[key] = toCanonical(value[key] ?? null, shapeOfPart(shape, key), marks, [...path, key]);
      });
    }
  } else if (isList(value)) {
    for (const [index, element] of value.entries()) {
      faults.attempt(() => {
        value[index] = toCanonical(element, shapeOfPart(shape, index), marks, [...path, index]);
      });
    }
  }
  faults.end();
  if (shape.canonical === undefined || (value === null && shape.types?.includes('null'))) return value;
  return transformers[shape.canonical]({ value, path, marks });
}
