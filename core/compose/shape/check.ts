import { isAddress } from '../value/address.ts';
import { ComposeFault, Faults, type Path, pathText, printable } from '../value/fault.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { type CheckRule, type Shape, shapeOfPart } from './shape.ts';

type Check = (value: Value, path: Path) => void;

function refuse(path: Path, message: string): never {
  throw new ComposeFault('COMPOSE_VALUE', path, `${pathText(path)}: ${message}`);
}

function oneSource(...keys: string[]): Check {
  return (value, path) => {
    if (!isMapping(value)) return refuse(path, `one of ${keys.join(', ')} must be set`);
    const given = keys.filter(key => key in value);
    if (given.length > 1) refuse(path, `${given.join(' and ')} exclude each other`);
    if (given.length === 0 && !('driver' in value) && !('external' in value)) {
      refuse(path, `one of ${keys.join(', ')} must be set`);
    }
  };
}

function onMapping(check: (value: Mapping, path: Path) => void): Check {
  return (value, path) => {
    if (isMapping(value)) check(value, path);
  };
}

const checks: Readonly<Record<CheckRule, Check>> = {
  volume: onMapping((volume, path) => {
    if (volume.external !== true) return;
    for (const key of Object.keys(volume)) {
      if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
      refuse([...path, key], '`external` and this attribute exclude each other');
    }
  }),
  config: oneSource('file', 'environment', 'content'),
  secret: oneSource('file', 'environment'),
  port: onMapping((port, path) => {
    const address = port.host_ip;
    if (typeof address === 'string' && !isAddress(address)) {
      refuse([...path, 'host_ip'], `invalid IP address \`${printable(address)}\``);
    }
  }),
  'not-blank': (value, path) => {
    if (value === '') refuse(path, 'is empty');
  },
  'not-null': (value, path) => {
    if (value === null) refuse(path, 'has no value');
  },
  'device-request': onMapping((request, path) => {
    if ('count' in request && 'device_ids' in request)
      refuse(path, '`count` and `device_ids` exclude each other');
  }),
};

/** Rules that a schema cannot say. @throws ComposeFault COMPOSE_VALUE */
export function checkValues(value: Value, shape: Shape | undefined, path: Path = []): void {
  if (shape === undefined) return;
  const faults = new Faults();
  const { check } = shape;
  if (check !== undefined) faults.attempt(() => checks[check](value, path));
  if (isMapping(value)) {
    for (const key of Object.keys(value))
      faults.attempt(() => checkValues(value[key] ?? null, shapeOfPart(shape, key), [...path, key]));
  } else if (isList(value)) {
    for (const [index, element] of value.entries())
      faults.attempt(() => checkValues(element, shapeOfPart(shape, index), [...path, index]));
  }
  faults.end();
}
