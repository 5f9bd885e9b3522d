/** Attributes of a service that have attributes of their own. */
import type { Shape } from '../shape/shape.ts';
import * as form from './forms.ts';

const { castFlag, flag, listOf, options, struct, text, uniqueTexts } = form;

export const limit = listOf({
  types: ['mapping'],
  properties: {
    path: { ...text, printedAs: 'Path', always: true },
    rate: { ...form.integerOrText, print: 'bytes', printedAs: 'Rate', always: true },
  },
  closed: true,
  print: 'optional-struct',
});

export const weight: Shape = {
  types: ['mapping'],
  properties: {
    path: { ...text, printedAs: 'Path', always: true },
    weight: { ...form.integerOrText, maximum: 65535, print: 'unsigned', printedAs: 'Weight', always: true },
  },
  closed: true,
  print: 'optional-struct',
};

export const networkOfService = struct(
  {
    aliases: { ...uniqueTexts, index: 'key-value' },
    interface_name: text,
    ipv4_address: text,
    ipv6_address: text,
    link_local_ips: { ...uniqueTexts, index: 'key-value' },
    mac_address: text,
    driver_opts: options(['string', 'number']),
    priority: { types: ['number'], print: 'integer' },
    gw_priority: { types: ['number'], print: 'integer' },
  },
  { types: ['mapping', 'null'] },
);

export const dependency = struct(
  {
    restart: flag,
    required: { types: ['boolean'], print: 'boolean', always: true },
    condition: {
      ...text,
      oneOf: ['service_started', 'service_healthy', 'service_completed_successfully'],
    },
  },
  { required: ['condition'] },
);

export const watch = struct(
  {
    ignore: { ...form.textOrTexts, canonical: 'list' },
    include: { ...form.textOrTexts, canonical: 'list' },
    path: { ...text, always: true, path: 'absolute', check: 'not-blank' },
    action: { ...text, always: true, oneOf: ['rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'] },
    target: text,
    exec: { ...form.hook, print: 'struct' },
    initial_sync: { types: ['boolean'], print: 'boolean' },
  },
  { required: ['path', 'action'] },
);

export const healthcheck = struct({
  disable: castFlag,
  interval: form.duration,
  retries: { ...form.number, cast: 'integer', print: 'optional-unsigned' },
  test: { types: ['string', 'list'], items: { types: ['string'] }, merge: 'replace', print: 'health-test' },
  timeout: form.duration,
  start_period: form.duration,
  start_interval: form.duration,
});

export const envFile: Shape = {
  types: ['string', 'list'],
  items: {
    types: ['string', 'mapping'],
    properties: {
      path: { ...text, path: 'absolute' },
      format: text,
      required: flag,
    },
    required: ['path'],
    closed: true,
  },
  merge: 'sequence',
  index: 'env-file',
  canonical: 'env-file',
  print: 'never',
};
