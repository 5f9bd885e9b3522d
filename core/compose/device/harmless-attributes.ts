/**
 * Attributes that stay within the container, its project, or the engine's own bookkeeping, whatever their value: each
 * was looked at. What this table, the refusals and the judges of `device/` do not name, no device takes.
 */
import { type AttributeVerdict, honoured } from './attribute-verdict.ts';

const ordinary: Readonly<Record<string, string>> = {
  '': 'services networks volumes configs secrets',
  'services.*':
    'blkio_config cap_drop command configs cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset ' +
    'depends_on deploy dns dns_opt dns_search domainname entrypoint environment expose extra_hosts group_add healthcheck ' +
    'hostname image init labels links mac_address mem_limit mem_reservation mem_swappiness memswap_limit networks ' +
    'pids_limit platform ports post_start pre_stop read_only restart scale secrets shm_size stdin_open ' +
    'stop_grace_period stop_signal tty ulimits user volumes working_dir',
  'services.*.blkio_config':
    'device_read_bps device_read_iops device_write_bps device_write_iops weight weight_device',
  'services.*.blkio_config.device_read_bps[]': 'rate',
  'services.*.blkio_config.device_read_iops[]': 'rate',
  'services.*.blkio_config.device_write_bps[]': 'rate',
  'services.*.blkio_config.device_write_iops[]': 'rate',
  'services.*.blkio_config.weight_device[]': 'weight',
  'services.*.configs[]': 'source target uid gid mode',
  'services.*.depends_on.*': 'restart required condition',
  'services.*.deploy': 'replicas resources restart_policy',
  'services.*.deploy.resources': 'limits reservations',
  'services.*.deploy.resources.limits': 'cpus memory pids',
  'services.*.deploy.resources.reservations': 'memory',
  'services.*.deploy.restart_policy': 'condition max_attempts',
  'services.*.healthcheck': 'disable interval retries test timeout start_period start_interval',
  'services.*.networks.*':
    'aliases interface_name ipv4_address ipv6_address link_local_ips mac_address priority gw_priority',
  'services.*.ports[]': 'host_ip target published protocol',
  'services.*.post_start[]': 'command user working_dir environment',
  'services.*.pre_stop[]': 'command user working_dir environment',
  'services.*.secrets[]': 'source target uid gid mode',
  'services.*.ulimits.*': 'hard soft',
  'services.*.volumes[]': 'target read_only bind volume tmpfs image',
  'services.*.volumes[].bind': 'create_host_path recursive',
  'services.*.volumes[].volume': 'labels nocopy',
  'services.*.volumes[].tmpfs': 'size mode',
  'networks.*': 'ipam external internal enable_ipv4 enable_ipv6 attachable labels',
  'networks.*.external': 'name',
  'networks.*.ipam': 'config',
  'networks.*.ipam.config[]': 'ip_range gateway aux_addresses',
  'volumes.*': 'external labels',
  'volumes.*.external': 'name',
  'configs.*': 'name environment content labels',
  'secrets.*': 'name environment labels',
};

/** Rows of the reference table. */
export const harmlessAttributes: Readonly<Record<string, AttributeVerdict>> = Object.fromEntries(
  Object.entries(ordinary).flatMap(([parent, names]) =>
    names
      .split(' ')
      .map((name): [string, AttributeVerdict] => [parent === '' ? name : `${parent}.${name}`, honoured('')]),
  ),
);
