import type { Shape } from '../shape.ts';
import { build } from './build.ts';
import { deploy } from './deploy.ts';
import * as form from './forms.ts';
import * as mount from './mounts.ts';

const { castFlag, flag, listOf, names, options, struct, text, uniqueTexts, wideInteger } = form;

const limit = listOf({
  types: ['mapping'],
  properties: {
    path: { ...text, printedAs: 'Path', always: true },
    rate: { ...form.integerOrText, print: 'bytes', printedAs: 'Rate', always: true },
  },
  closed: true,
  print: 'optional-struct',
});

const weight: Shape = {
  types: ['mapping'],
  properties: {
    path: { ...text, printedAs: 'Path', always: true },
    weight: { ...form.integerOrText, print: 'unsigned', printedAs: 'Weight', always: true },
  },
  closed: true,
  print: 'optional-struct',
};

const networkOfService = struct(
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

const dependency = struct(
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

const watch = struct(
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

const healthcheck = struct({
  disable: castFlag,
  interval: form.duration,
  retries: { ...form.number, cast: 'integer', print: 'optional-unsigned' },
  test: { types: ['string', 'list'], items: { types: ['string'] }, merge: 'replace', print: 'health-test' },
  timeout: form.duration,
  start_period: form.duration,
  start_interval: form.duration,
});

const envFile: Shape = {
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

/** Every attribute of a service. */
export const service: Shape = struct({
  develop: struct({ watch: listOf(watch) }, { types: ['mapping', 'null'] }),
  deploy,
  annotations: { ...form.mapping, index: 'key-value' },
  attach: { ...flag, print: 'optional-boolean' },
  build,
  blkio_config: {
    ...struct({
      device_read_bps: limit,
      device_read_iops: limit,
      device_write_bps: limit,
      device_write_iops: limit,
      weight: { ...form.integerOrText, print: 'unsigned' },
      weight_device: listOf(weight),
    }),
    extensible: false,
  },
  cap_add: { ...uniqueTexts, index: 'key-value' },
  cap_drop: { ...uniqueTexts, index: 'key-value' },
  cgroup: { ...text, oneOf: ['host', 'private'] },
  cgroup_parent: text,
  command: form.command,
  configs: listOf(form.fileMount, { index: 'config' }),
  container_name: { ...text, pattern: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/ },
  cpu_count: { types: ['integer', 'string'], minimum: 0, cast: 'integer', print: 'integer' },
  cpu_percent: {
    types: ['integer', 'string'],
    minimum: 0,
    maximum: 100,
    cast: 'float',
    print: 'single-float',
  },
  cpu_shares: wideInteger,
  cpu_quota: wideInteger,
  cpu_period: wideInteger,
  cpu_rt_period: wideInteger,
  cpu_rt_runtime: wideInteger,
  cpus: { ...form.number, cast: 'float', print: 'single-float' },
  cpuset: text,
  credential_spec: struct({ config: text, file: text, registry: text }),
  depends_on: {
    ...uniqueTexts,
    types: ['list', 'mapping'],
    named: { pattern: names, shape: dependency },
    closed: true,
    merge: 'depends-on',
    canonical: 'depends-on',
    print: 'struct-map',
  },
  device_cgroup_rules: uniqueTexts,
  devices: listOf(mount.device, { index: 'device' }),
  dns: { ...form.textOrTexts, merge: 'sequence', index: 'key-value', canonical: 'list' },
  dns_opt: { ...uniqueTexts, merge: 'sequence', index: 'key-value' },
  dns_search: { ...form.textOrTexts, merge: 'sequence', index: 'key-value' },
  domainname: text,
  entrypoint: form.command,
  env_file: envFile,
  label_file: {
    types: ['string', 'list'],
    items: { types: ['string'], path: 'absolute' },
    merge: 'sequence',
    canonical: 'list',
    print: 'never',
  },
  environment: form.environment,
  expose: {
    types: ['list'],
    items: { types: ['string', 'number'] },
    uniqueItems: true,
    index: 'expose',
    print: 'sprinted-texts',
  },
  extends: struct(
    { service: text, file: { ...text, path: 'absolute' } },
    { types: ['string', 'mapping'], required: ['service'], extensible: false, canonical: 'extends' },
  ),
  provider: struct(
    {
      type: text,
      options: {
        types: ['mapping'],
        print: 'multi-options',
        named: {
          pattern: /^.+$/s,
          shape: {
            types: ['string', 'number', 'boolean', 'list'],
            items: { types: ['string', 'number', 'boolean'] },
          },
        },
      },
    },
    { required: ['type'] },
  ),
  external_links: uniqueTexts,
  extra_hosts: form.extraHosts,
  gpus: listOf(form.gpuRequest, { types: ['string', 'list'], oneOf: ['all'], canonical: 'gpus' }),
  group_add: {
    types: ['list'],
    items: { types: ['string', 'number'] },
    uniqueItems: true,
    print: 'texts',
  },
  healthcheck,
  hostname: text,
  image: text,
  init: { ...castFlag, print: 'optional-boolean' },
  ipc: text,
  isolation: text,
  labels: form.labels,
  links: { ...uniqueTexts, index: 'key-value' },
  logging: struct({ driver: text, options: options(['string', 'number', 'null']) }, { merge: 'logging' }),
  mac_address: text,
  mem_limit: form.byteSize,
  mem_reservation: { types: ['string', 'integer'], print: 'bytes' },
  mem_swappiness: { types: ['integer', 'string'], print: 'bytes' },
  memswap_limit: form.byteSize,
  network_mode: text,
  models: {
    ...uniqueTexts,
    types: ['list', 'mapping'],
    named: {
      pattern: names,
      shape: struct({ endpoint_var: text, model_var: text }, { types: ['mapping', 'null'] }),
    },
    merge: 'names',
    canonical: 'names',
    print: 'struct-map',
    foldsExtensions: true,
  },
  networks: {
    ...uniqueTexts,
    types: ['list', 'mapping'],
    named: { pattern: names, shape: networkOfService },
    closed: true,
    merge: 'names',
    canonical: 'names',
    print: 'struct-map',
    foldsExtensions: true,
  },
  oom_kill_disable: castFlag,
  oom_score_adj: {
    types: ['integer', 'string'],
    minimum: -1000,
    maximum: 1000,
    cast: 'integer',
    print: 'integer',
  },
  pid: { ...text, types: ['string', 'null'] },
  pids_limit: wideInteger,
  platform: text,
  ports: listOf(mount.port, { uniqueItems: true, index: 'port', canonical: 'ports' }),
  post_start: listOf(form.hook),
  pre_stop: listOf(form.hook),
  privileged: castFlag,
  profiles: { ...uniqueTexts, index: 'key-value' },
  pull_policy: {
    ...text,
    pattern: /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  },
  pull_refresh_after: { ...text, print: 'never' },
  read_only: castFlag,
  restart: text,
  runtime: text,
  scale: { ...form.integer, print: 'optional-integer' },
  security_opt: uniqueTexts,
  shm_size: form.byteSize,
  secrets: listOf({ ...form.fileMount, preset: 'secret' }, { index: 'secret' }),
  sysctls: { ...form.mapping, index: 'key-value' },
  stdin_open: castFlag,
  stop_grace_period: form.duration,
  stop_signal: text,
  storage_opt: { types: ['mapping'], print: 'text-map' },
  tmpfs: { ...form.textOrTexts, merge: 'sequence', index: 'key-value' },
  tty: castFlag,
  ulimits: form.ulimits,
  use_api_socket: { types: ['boolean'], print: 'boolean' },
  user: text,
  uts: text,
  userns_mode: text,
  volumes: listOf(mount.volume, { uniqueItems: true, index: 'volume' }),
  volumes_from: uniqueTexts,
  working_dir: text,
});
