/** Elements of a service's lists that have a short form: ports, volumes, devices. */
import type { Shape } from '../shape/shape.ts';
import * as form from './forms.ts';

const { castFlag, flag, struct, text } = form;

export const port: Shape = struct(
  {
    name: text,
    mode: text,
    host_ip: text,
    target: { types: ['integer', 'string'], maximum: 2 ** 32 - 1, cast: 'integer', print: 'unsigned' },
    published: { types: ['string', 'integer'], print: 'text' },
    protocol: text,
    app_protocol: text,
  },
  { types: ['number', 'string', 'mapping'], preset: 'port', check: 'port' },
);

export const device: Shape = struct(
  { source: text, target: text, permissions: text },
  { types: ['string', 'mapping'], required: ['source'], canonical: 'device' },
);

export const volume: Shape = struct(
  {
    type: { ...text, oneOf: ['bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'] },
    source: text,
    target: text,
    read_only: castFlag,
    consistency: text,
    bind: struct({
      propagation: text,
      create_host_path: flag,
      recursive: { ...text, oneOf: ['enabled', 'disabled', 'writable', 'readonly'] },
      selinux: { ...text, oneOf: ['z', 'Z'] },
    }),
    volume: struct({
      labels: form.mapping,
      nocopy: castFlag,
      subpath: text,
    }),
    tmpfs: struct({
      size: { types: ['integer', 'string'], minimum: 0, print: 'bytes' },
      mode: { types: ['number', 'string'], print: 'unsigned' },
    }),
    image: struct({ subpath: text }),
  },
  { types: ['string', 'mapping'], required: ['type'], canonical: 'volume', path: 'mount' },
);
