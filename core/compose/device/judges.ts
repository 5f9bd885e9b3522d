/** Who judges what: each attribute that the reference table calls `by policy` has one judge here. */
import * as device from './device-files.ts';
import type { Judge } from './finding.ts';
import { bindLabel, bindSource, fileSource, propagation } from './host-paths.ts';
import { logging } from './logging.ts';
import { networkName, plainNameOnly, subpath } from './names.ts';
import * as namespace from './namespaces.ts';
import * as network from './network-options.ts';
import * as power from './power.ts';
import { serviceTmpfs, volumeDriver, volumeOptions } from './volume-options.ts';

/** Path of the attribute in the table of shapes → what the policy of a device says of it. */
export const judges: Readonly<Record<string, Judge>> = {
  'services.*.annotations': power.annotations,
  'services.*.blkio_config.device_read_bps[].path': power.throttledDevice,
  'services.*.blkio_config.device_read_iops[].path': power.throttledDevice,
  'services.*.blkio_config.device_write_bps[].path': power.throttledDevice,
  'services.*.blkio_config.device_write_iops[].path': power.throttledDevice,
  'services.*.blkio_config.weight_device[].path': power.throttledDevice,
  'services.*.cap_add': power.capabilities,
  'services.*.cgroup': namespace.cgroupMode,
  'services.*.cgroup_parent': power.privilege,
  'services.*.container_name': plainNameOnly,
  'services.*.deploy.resources.reservations.devices': device.deviceRequests,
  'services.*.device_cgroup_rules': power.privilege,
  'services.*.devices': device.deviceFiles,
  'services.*.external_links': namespace.externalLinks,
  'services.*.gpus': device.deviceRequests,
  'services.*.ipc': namespace.ipcMode,
  'services.*.logging': logging,
  'services.*.network_mode': namespace.networkMode,
  'services.*.networks.*.driver_opts': network.endpointOptions,
  'services.*.oom_kill_disable': power.privilege,
  'services.*.oom_score_adj': power.outOfMemoryScore,
  'services.*.pid': namespace.processMode,
  'services.*.post_start[].privileged': power.privilege,
  'services.*.pre_stop[].privileged': power.privilege,
  'services.*.privileged': power.privilege,
  'services.*.runtime': power.runtime,
  'services.*.security_opt': power.securityOptions,
  'services.*.storage_opt': power.storageOptions,
  'services.*.sysctls': power.sysctls,
  'services.*.tmpfs': serviceTmpfs,
  'services.*.userns_mode': namespace.userMode,
  'services.*.uts': namespace.hostNameMode,
  'services.*.volumes[].bind.propagation': propagation,
  'services.*.volumes[].bind.selinux': bindLabel,
  'services.*.volumes[].image.subpath': subpath,
  'services.*.volumes[].source': bindSource,
  'services.*.volumes[].volume.subpath': subpath,
  'services.*.volumes_from': namespace.volumesFrom,
  'networks.*.name': networkName,
  'networks.*.driver': network.networkDriver,
  'networks.*.driver_opts': network.networkOptions,
  'networks.*.ipam.driver': network.addressDriver,
  'networks.*.ipam.config[].subnet': network.subnet,
  'volumes.*.name': plainNameOnly,
  'volumes.*.driver': volumeDriver,
  'volumes.*.driver_opts': volumeOptions,
  'configs.*.file': fileSource,
  'secrets.*.file': fileSource,
};
