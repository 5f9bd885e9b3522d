import { ComposeFault, type Path, pathText } from '../value/fault.ts';
import { isList, isMapping, type Mapping, type Value } from '../value/value.ts';
import { type DefaultRule, type Shape, shapeOfPart } from './shape.ts';

const presets: Readonly<Record<DefaultRule, (value: Mapping) => void>> = {
  build: build => {
    build.context ??= '.';
  },
  secret: mount => {
    mount.target ??= `/run/secrets/${typeof mount.source === 'string' ? mount.source : '%!s(<nil>)'}`;
  },
  port: port => {
    port.protocol ??= 'tcp';
    port.mode ??= 'ingress';
  },
  'device-request': request => {
    if (!('count' in request) && !('device_ids' in request)) request.count = 'all';
  },
};

/** Gives attributes that the specification presets their values. Changes `value`. */
export function applyPresets(value: Value, shape: Shape | undefined, path: Path = []): void {
  if (shape === undefined) return;
  if (shape.preset !== undefined && isMapping(value)) presets[shape.preset](value);
  else if (shape.preset !== undefined && shape.preset !== 'build' && shape.preset !== 'port') {
    throw new ComposeFault('COMPOSE_SCHEMA', path, `${pathText(path)} must be a mapping`);
  }
  if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      applyPresets(value[key] ?? null, shapeOfPart(shape, key), [...path, key]);
    }
  } else if (isList(value)) {
    for (const [index, element] of value.entries()) {
      applyPresets(element, shapeOfPart(shape, index), [...path, index]);
    }
  }
}
