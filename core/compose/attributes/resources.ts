/** Networks, volumes, configs, secrets and models: what services share. */
import type { Shape } from '../shape/shape.ts';
import * as form from './forms.ts';

const { listOf, options, struct, text, castFlag } = form;

const externalName = (closed: boolean): Shape => ({
  types: ['boolean', 'string', 'mapping'],
  cast: 'boolean',
  print: 'boolean',
  properties: { name: text },
  closed,
  extensible: true,
});

const pool = struct({
  subnet: text,
  ip_range: text,
  gateway: text,
  aux_addresses: { ...options(['string']), closed: true, print: 'mapping' },
});

export const network: Shape = struct(
  {
    name: text,
    driver: text,
    driver_opts: options(['string', 'number']),
    ipam: struct(
      {
        driver: text,
        config: listOf(pool, { merge: 'ipam-config' }),
        options: { ...options(['string']), closed: true, print: 'never' },
      },
      { print: 'struct' },
    ),
    external: externalName(true),
    internal: castFlag,
    enable_ipv4: { ...castFlag, print: 'optional-boolean' },
    enable_ipv6: { ...castFlag, print: 'optional-boolean' },
    attachable: castFlag,
    labels: form.labels,
  },
  { types: ['mapping', 'null'], canonical: 'external' },
);

export const volume: Shape = struct(
  {
    name: text,
    driver: text,
    driver_opts: options(['string', 'number']),
    external: externalName(true),
    labels: { ...form.plainLabels, merge: 'sequence' },
  },
  { types: ['mapping', 'null'], canonical: 'external', path: 'volume-options', check: 'volume' },
);

const file = {
  name: text,
  environment: text,
  file: { ...text, path: 'host' },
  external: externalName(false),
  labels: form.plainLabels,
  template_driver: text,
} satisfies Record<string, Shape>;

export const secret: Shape = struct(
  { ...file, driver: text, driver_opts: options(['string', 'number'], 'text-map') },
  { canonical: 'external', check: 'secret' },
);

export const config: Shape = struct({ ...file, content: text }, { canonical: 'external', check: 'config' });

export const model: Shape = struct(
  {
    name: text,
    model: text,
    context_size: { types: ['integer'], print: 'integer' },
    runtime_flags: form.texts,
  },
  { required: ['model'] },
);
