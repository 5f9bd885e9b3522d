/**
 * docker compose's own hashes, for its labels: SHA-256 of Go's JSON of the service (compose-go 2.9, docker compose
 * 2.40.3, pkg/compose/hash.go). Ours decides; these let `docker compose up -d` see that nothing has changed.
 */
import { createHash } from 'node:crypto';
import type { ComposeModel, Json, JsonObject, ServiceModel } from '../compose/value/model.ts';

/** Members in the order of compose-go's struct; maps, which Go sorts by key, have none. */
interface Shape {
  readonly order: readonly string[];
  readonly members?: Readonly<Record<string, Shape>>;
  /** Shape of each value of a map or list. */
  readonly each?: Shape;
}

const words = (text: string) => text.split(' ');
const map = (each: Shape): Shape => ({ order: [], each });
const list = map;
const plain = (text: string): Shape => ({ order: words(text) });

const device = plain('capabilities driver count device_ids options');
const reference = list(plain('source target uid gid mode'));
const hooks = list(plain('command user privileged working_dir environment'));
const resource: Shape = {
  order: words('cpus memory pids devices generic_resources'),
  members: {
    devices: list(device),
    generic_resources: list({
      order: ['discrete_resource_spec'],
      members: { discrete_resource_spec: plain('kind value') },
    }),
  },
};
const updates = plain('parallelism delay failure_action monitor max_failure_ratio order');

const service: Shape = {
  order: words(
    'profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search dockerfile domainname entrypoint provider environment env_file expose extends external_links extra_hosts group_add gpus hostname healthcheck image init ipc isolation labels label_file links logging log_driver log_opt mem_limit mem_reservation memswap_limit mem_swappiness mac_address models net network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volume_driver volumes volumes_from working_dir post_start pre_stop',
  ),
  members: {
    blkio_config: {
      order: words(
        'weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops',
      ),
      members: Object.fromEntries(
        words('weight_device device_read_bps device_read_iops device_write_bps device_write_iops').map(
          key => [key, list(plain('Path Weight Rate'))],
        ),
      ),
    },
    configs: reference,
    secrets: reference,
    credential_spec: plain('config file registry'),
    deploy: {
      order: words(
        'mode replicas labels update_config rollback_config resources restart_policy placement endpoint_mode',
      ),
      members: {
        update_config: updates,
        rollback_config: updates,
        resources: {
          order: words('limits reservations'),
          members: { limits: resource, reservations: resource },
        },
        restart_policy: plain('condition delay max_attempts window'),
        placement: { order: words('constraints preferences max_replicas_per_node') },
      },
    },
    develop: {
      order: ['watch'],
      members: {
        watch: list({
          order: words('path action target exec include ignore initial_sync'),
          members: { exec: plain('command user privileged working_dir environment') },
        }),
      },
    },
    devices: list(plain('source target permissions')),
    gpus: list(device),
    healthcheck: plain('test timeout interval retries start_period start_interval disable'),
    logging: plain('driver options'),
    models: map(plain('endpoint_var model_var')),
    networks: map(
      plain(
        'aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority',
      ),
    ),
    ports: list(plain('name mode host_ip target published protocol app_protocol')),
    provider: plain('type options'),
    ulimits: map(plain('single soft hard')),
    volumes: list({
      order: words('type source target read_only consistency bind volume tmpfs image'),
      members: {
        bind: plain('selinux propagation create_host_path recursive'),
        volume: plain('labels nocopy subpath'),
        tmpfs: plain('size mode'),
        image: plain('subpath'),
      },
    }),
    post_start: hooks,
    pre_stop: hooks,
  },
};

const network: Shape = {
  order: words('name driver driver_opts ipam external internal attachable labels enable_ipv4 enable_ipv6'),
  members: {
    ipam: {
      order: words('driver config options'),
      members: { config: list(plain('subnet gateway ip_range aux_addresses')) },
    },
  },
};

const volume: Shape = { order: words('name driver driver_opts external labels') };

/** Go escapes what would be markup in HTML, and two separators of lines. */
function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function goJson(value: Json, shape: Shape | undefined): string {
  if (typeof value === 'string') return goString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(item => goJson(item, shape?.each)).join(',')}]`;
  const order = shape?.order ?? [];
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const members = Object.entries(value)
    .filter(([key]) => order.length === 0 || !key.startsWith('x-'))
    .sort(([a], [b]) => rank(a) - rank(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, member]) => `${goString(key)}:${goJson(member, shape?.members?.[key] ?? shape?.each)}`);
  return `{${members.join(',')}}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function resolved(definition: ServiceModel, idOf: (service: string) => string): ServiceModel {
  const result = { ...definition };
  for (const key of ['network_mode', 'pid', 'ipc'] as const) {
    const mode = result[key];
    if (mode?.startsWith('service:') === true)
      result[key] = `container:${idOf(mode.slice('service:'.length))}`;
  }
  if (result.volumes_from !== undefined) {
    result.volumes_from = result.volumes_from.map(text => {
      if (text.startsWith('container:')) return text.slice('container:'.length);
      const [name = '', mode] = text.split(':');
      return mode === undefined ? idOf(name) : `${idOf(name)}:${mode}`;
    });
  }
  return result;
}

/** `com.docker.compose.config-hash` of a service. */
export function composeServiceHash(
  model: ComposeModel,
  name: string,
  idOf: (service: string) => string,
): string {
  const definition = resolved(model.services[name] ?? {}, idOf);
  for (const key of ['build', 'pull_policy', 'scale', 'depends_on', 'profiles'] as const)
    delete definition[key];
  if (definition.deploy !== undefined) {
    const { replicas: _replicas, ...deploy } = definition.deploy;
    definition.deploy = deploy;
  }
  return sha256(goJson(definition, service));
}

/** `com.docker.compose.config-hash` of a network or volume. */
export function composeResourceHash(
  kind: 'network' | 'volume',
  definition: JsonObject | null | undefined,
): string {
  const value = definition ?? {};
  if (kind === 'network') return sha256(goJson({ ...value, ipam: value.ipam ?? {} }, network));
  return sha256(goJson({ ...value, driver: value.driver ?? 'local' }, volume));
}
