import type { PrintRule } from '../shape/shape.ts';
import { ComposeFault, type Path, pathText, printable } from '../value/fault.ts';
import type { Json } from '../value/model.ts';
import { isInteger, isList, isMapping, textOf, type Value } from '../value/value.ts';
import { asText, define, type Printer, refusePrint, unlessEmptyList, unlessEmptyMap } from './printed.ts';

type Texts = { [key: string]: string | null };

/** `KEY=value` elements or a mapping, as a mapping of texts; `missing` stands for a value that is not given. */
function toTexts(value: Value, path: Path, missing: string | null): Texts {
  const texts: Texts = {};
  if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      const held = value[key] ?? null;
      define(texts, key, held === null ? missing : textOf(held));
    }
  } else if (isList(value)) {
    for (const [index, element] of value.entries()) {
      const text = textOf(element);
      const equals = text.indexOf('=');
      const key = equals < 0 ? text : text.slice(0, equals);
      if (missing === null && /\s$/.test(key)) {
        const message = `${pathText(path)}: variable \`${printable(key)}\` ends with a space`;
        throw new ComposeFault('COMPOSE_VALUE', [...path, index], message);
      }
      define(texts, key, equals < 0 ? missing : text.slice(equals + 1));
    }
  } else if (value !== null) refusePrint(path, value, 'a mapping');
  return texts;
}

const texts: Printer = (value, _shape, path) => {
  if (value === null) return undefined;
  if (!isList(value)) return refusePrint(path, value, 'a list');
  return unlessEmptyList(value.map((element, index) => asText(element, [...path, index])));
};

const textMap: Printer = (value, _shape, path) => {
  if (!isMapping(value)) return value === null ? undefined : refusePrint(path, value, 'a mapping');
  const map: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) define(map, key, asText(value[key] ?? null, [...path, key]));
  return unlessEmptyMap(map);
};

const multiOptions: Printer = value => {
  if (!isMapping(value)) return undefined;
  const map: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) {
    const held = value[key] ?? null;
    if (!isList(held)) define(map, key, [textOf(held)]);
    else if (held.length > 0) define(map, key, held.map(textOf));
  }
  return unlessEmptyMap(map);
};

function hostPairs(value: Value, path: Path): [string, string[]][] {
  if (isMapping(value)) {
    return Object.keys(value).map(host => {
      const held = value[host] ?? '';
      return [host, isList(held) ? held.map(textOf) : [textOf(held)]];
    });
  }
  if (!isList(value)) return refusePrint(path, value, 'a list of hosts');
  return value.map((entry, index) => {
    const text = textOf(entry);
    const split = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
    if (split < 0)
      throw new ComposeFault('COMPOSE_VALUE', [...path, index], `host \`${printable(text)}\` has no address`);
    return [text.slice(0, split), text.slice(split + 1).split(',')];
  });
}

const hosts: Printer = (value, _shape, path) => {
  if (value === null) return undefined;
  const list: string[] = [];
  const pairs = hostPairs(value, path);
  for (const [host, addresses] of pairs) {
    if (host === '' || /[:=]/.test(host)) {
      throw new ComposeFault(
        'COMPOSE_VALUE',
        path,
        `${pathText(path)}: bad host name \`${printable(host)}\``,
      );
    }
    list.push(...addresses.map(address => `${host}=${address.replace(/^\[(.+)\]$/s, '$1')}`));
  }
  return pairs.length === 0 ? undefined : list.sort();
};

function ulimit(value: Value, path: Path): Json {
  if (isInteger(value) && value < 2 ** 63) return value === 0 ? {} : Number(value);
  if (!isMapping(value)) return refusePrint(path, value, 'a limit');
  const limits: { [key: string]: Json } = {};
  for (const key of ['soft', 'hard']) {
    const held = value[key] ?? 0;
    if (!isInteger(held) || held >= 2 ** 63) return refusePrint([...path, key], held, 'an integer');
    if (Number(held) !== 0) limits[key] = Number(held);
  }
  return limits;
}

const ulimits: Printer = (value, _shape, path) => {
  if (!isMapping(value)) return value === null ? undefined : refusePrint(path, value, 'a mapping');
  const map: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) define(map, key, ulimit(value[key] ?? null, [...path, key]));
  return unlessEmptyMap(map);
};

/** A key with a path has no canonical form: the oracle prints what no JSON reader takes. */
const ssh: Printer = (value, _shape, path) => {
  if (!isMapping(value)) return undefined;
  return unlessEmptyList(
    Object.keys(value).map(id => {
      if ((value[id] ?? '') !== '')
        return refusePrint([...path, id], value[id] ?? null, 'an SSH key of the agent');
      return id;
    }),
  );
};

const textsOf =
  (missing: string | null): Printer =>
  (value, _shape, path) =>
    unlessEmptyMap(toTexts(value, path, missing));

/** Lists and mappings in the form of the canonical model, by rule. */
export const collectionPrinters = {
  texts,
  'text-or-texts': (value, shape, path) => (typeof value === 'string' ? [value] : texts(value, shape, path)),
  'sprinted-texts': value => (isList(value) ? unlessEmptyList(value.map(textOf)) : undefined),
  labels: textsOf(''),
  mapping: textsOf(''),
  environment: textsOf(null),
  options: textsOf(''),
  'multi-options': multiOptions,
  'text-map': textMap,
  hosts,
  ulimits,
  ssh,
} satisfies Readonly<Partial<Record<PrintRule, Printer>>>;
