/** The forms that attributes of the specification are made of. */
import type { Shape } from '../shape/shape.ts';

export const names = /^[a-zA-Z0-9._-]+$/;
const anyName = /^.+$/s;

export const text: Shape = { types: ['string'], print: 'text' };
export const flag: Shape = { types: ['boolean', 'string'], print: 'boolean' };
export const castFlag: Shape = { ...flag, cast: 'boolean' };
export const number: Shape = { types: ['number', 'string'] };
export const integerOrText: Shape = { types: ['integer', 'string'] };
export const integer: Shape = { ...integerOrText, cast: 'integer', print: 'integer' };
export const wideInteger: Shape = { ...number, cast: 'integer', print: 'integer' };
export const byteSize: Shape = { ...number, print: 'bytes' };
export const duration: Shape = { types: ['string'], print: 'optional-duration' };

/** Texts that may repeat. */
export const texts: Shape = { types: ['list'], items: { types: ['string'] }, print: 'texts' };
export const uniqueTexts: Shape = { ...texts, uniqueItems: true };
export const textOrTexts: Shape = { ...uniqueTexts, types: ['list', 'string'], print: 'text-or-texts' };

const scalar: Shape = { types: ['string', 'number', 'boolean', 'null'] };

/** `KEY: value` or `- KEY=value`. */
const unmerged: Shape = {
  types: ['list', 'mapping'],
  items: { types: ['string'] },
  uniqueItems: true,
  named: { pattern: anyName, shape: scalar },
  closed: true,
};
export const listOrMapping: Shape = { ...unmerged, merge: 'sequence' };
export const labels: Shape = { ...listOrMapping, index: 'key-value', print: 'labels' };
export const environment: Shape = { ...listOrMapping, index: 'key-value', print: 'environment' };
/** Labels that two files do not merge pair by pair, or of which none replaces another. */
export const plainLabels: Shape = { ...unmerged, print: 'labels' };
export const mapping: Shape = { ...listOrMapping, print: 'mapping' };

export const command: Shape = {
  types: ['null', 'string', 'list'],
  items: { types: ['string'] },
  merge: 'replace',
  print: 'command',
  always: true,
};

export const extraHosts: Shape = {
  types: ['mapping', 'list'],
  items: { types: ['string'] },
  uniqueItems: true,
  named: { pattern: anyName, shape: { types: ['string', 'list'], items: { types: ['string'] } } },
  closed: true,
  merge: 'hosts',
  print: 'hosts',
};

/** Options that are handed on as they are. */
export function options(types: Shape['types'], print: 'options' | 'text-map' = 'options'): Shape {
  return {
    types: ['mapping'],
    named: { pattern: anyName, shape: types === undefined ? {} : { types } },
    print,
  };
}

/** A mapping with the attributes given, `x-…` and nothing else. */
export function struct(properties: Readonly<Record<string, Shape>>, more: Partial<Shape> = {}): Shape {
  return {
    types: ['mapping'],
    properties,
    closed: true,
    extensible: true,
    print: 'optional-struct',
    ...more,
  };
}

export function listOf(items: Shape, more: Partial<Shape> = {}): Shape {
  return { types: ['list'], items, print: 'structs', ...more };
}

export const ulimits: Shape = {
  types: ['mapping'],
  print: 'ulimits',
  named: {
    pattern: /^[a-z]+$/,
    shape: {
      types: ['integer', 'string', 'mapping'],
      cast: 'integer',
      merge: 'ulimit',
      canonical: 'ulimit',
      properties: { hard: integer, soft: integer },
      required: ['soft', 'hard'],
      closed: true,
      extensible: true,
    },
  },
};

export const fileMount = struct(
  {
    source: text,
    target: text,
    uid: text,
    gid: text,
    mode: { types: ['number', 'string'], print: 'file-mode' },
  },
  { types: ['string', 'mapping'], canonical: 'file-mount' },
);

const device = {
  capabilities: uniqueTexts,
  count: { types: ['string', 'integer'], print: 'device-count' },
  device_ids: uniqueTexts,
  driver: text,
  options: { ...unmerged, print: 'mapping' },
} satisfies Record<string, Shape>;

export const deviceRequest = struct(device, {
  required: ['capabilities'],
  preset: 'device-request',
  check: 'device-request',
});
/** `gpus` takes a request without capabilities. */
export const gpuRequest = struct(device, { preset: 'device-request', check: 'device-request' });

export const hook = struct(
  {
    command: { ...command, always: true },
    user: text,
    privileged: flag,
    working_dir: text,
    environment: { ...unmerged, print: 'environment' },
  },
  { required: ['command'] },
);
