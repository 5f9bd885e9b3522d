/** What a container may and sees of its host: the members of the engine's HostConfig. */

import { collectedDriver, keptLogging } from '../../compose/value/collected-log.ts';
import type {
  DeviceModel,
  DeviceRequestModel,
  ServiceModel,
  ThrottleModel,
} from '../../compose/value/model.ts';
import { sizeBytes } from '../quantity.ts';
import { limitsHostConfig } from './limits.ts';

function ulimits(service: ServiceModel): { Name: string; Soft: number; Hard: number }[] {
  return Object.entries(service.ulimits ?? {}).map(([name, limit]) => {
    if (typeof limit === 'number') return { Name: name, Soft: limit, Hard: limit };
    const { soft = 0, hard = soft } = limit;
    return { Name: name, Soft: soft, Hard: hard };
  });
}

function device({ source = '', target = source, permissions = 'rwm' }: DeviceModel): Record<string, string> {
  return { PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions };
}

function deviceRequest(request: DeviceRequestModel, byDefault: string[]): Record<string, unknown> {
  const { device_ids: ids = [], capabilities = [], driver = '', options = {} } = request;
  return {
    Driver: driver,
    Count: request.count ?? (ids.length > 0 ? 0 : -1),
    ...(ids.length > 0 ? { DeviceIDs: ids } : {}),
    Capabilities: [[...new Set([...capabilities, ...byDefault])]],
    Options: options,
  };
}

/** `vendor.com/class=name`: a device of the Container Device Interface. */
function isCdiName({ PathOnHost, PathInContainer }: Record<string, string>): boolean {
  const cdi = /^[A-Za-z][\w.-]*\/[A-Za-z0-9][\w.-]*=[\w.:-]+$/;
  return PathOnHost === PathInContainer && cdi.test(PathOnHost ?? '');
}

function deviceRequests(service: ServiceModel, cdi: readonly string[]): Record<string, unknown>[] {
  const reserved = service.deploy?.resources?.reservations?.devices ?? [];
  return [
    ...(cdi.length > 0 ? [{ Driver: 'cdi', DeviceIDs: cdi }] : []),
    ...(service.gpus ?? []).map(request => deviceRequest(request, ['gpu'])),
    ...reserved.map(request => deviceRequest(request, [])),
  ];
}

function throttle(limits: readonly ThrottleModel[] = []): { Path: string; Rate: number }[] {
  return limits.map(({ Path = '', Rate }) => ({ Path, Rate: sizeBytes(Rate) ?? 0 }));
}

function blockIo({ blkio_config: config = {} }: ServiceModel): Record<string, unknown> {
  return {
    BlkioWeightDevice: (config.weight_device ?? []).map(({ Path = '', Weight = 0 }) => ({ Path, Weight })),
    BlkioDeviceReadBps: throttle(config.device_read_bps),
    BlkioDeviceReadIOps: throttle(config.device_read_iops),
    BlkioDeviceWriteBps: throttle(config.device_write_bps),
    BlkioDeviceWriteIOps: throttle(config.device_write_iops),
  };
}

/** "host=ip" of the canonical form → the engine's "host:ip". */
function extraHosts({ extra_hosts: hosts = [] }: ServiceModel): string[] {
  return hosts.map(text => {
    const equals = text.indexOf('=');
    return equals < 0 ? text : `${text.slice(0, equals)}:${text.slice(equals + 1)}`;
  });
}

function logging(service: ServiceModel): Record<string, unknown> | undefined {
  const { logging: stated = {} } = service;
  if (Object.keys(stated).length === 0) return undefined;
  const config = collectedDriver(service) === undefined ? stated : keptLogging(stated);
  // Without a driver the engine's own one is meant.
  return { Type: config.driver ?? '', Config: config.options ?? {} };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const unmasked = 'systempaths=unconfined';

/** @param profiles content of seccomp profiles by path as the model has it */
function securityOptions(service: ServiceModel, profiles: ReadonlyMap<string, string>): string[] {
  return (service.security_opt ?? [])
    .filter(option => option !== unmasked)
    .map(option => {
      const profile = profiles.get(option);
      return profile === undefined ? option : `seccomp=${profile}`;
    });
}

/** @param profiles seccomp profiles: entry of `security_opt` → content */
export function hostConfigSpec(
  service: ServiceModel,
  profiles: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const devices = (service.devices ?? []).map(device);
  const spec: Record<string, unknown> = {
    ...limitsHostConfig(service),
    ...blockIo(service),
    CapAdd: service.cap_add,
    CapDrop: service.cap_drop,
    Privileged: service.privileged === true,
    ReadonlyRootfs: service.read_only === true,
    SecurityOpt: securityOptions(service, profiles),
    Sysctls: service.sysctls,
    Ulimits: ulimits(service),
    ShmSize: sizeBytes(service.shm_size),
    Dns: service.dns,
    DnsOptions: service.dns_opt,
    DnsSearch: service.dns_search,
    ExtraHosts: extraHosts(service),
    GroupAdd: service.group_add,
    Devices: devices.filter(item => !isCdiName(item)),
    DeviceCgroupRules: service.device_cgroup_rules,
    DeviceRequests: deviceRequests(
      service,
      devices.filter(isCdiName).map(({ PathOnHost = '' }) => PathOnHost),
    ),
    LogConfig: logging(service),
    UTSMode: service.uts,
    UsernsMode: service.userns_mode,
    CgroupnsMode: service.cgroup,
    CgroupParent: service.cgroup_parent,
    Runtime: service.runtime,
    Isolation: service.isolation,
    OomKillDisable: service.oom_kill_disable === true,
    OomScoreAdj: service.oom_score_adj,
    MemorySwappiness: sizeBytes(service.mem_swappiness),
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent,
    StorageOpt: service.storage_opt,
    Annotations: service.annotations,
  };
  for (const [key, value] of Object.entries(spec)) if (isEmpty(value)) delete spec[key];
  // `init: false` says something else than no word: it wins over the engine's own default.
  if (typeof service.init === 'boolean') spec.Init = service.init;
  if (service.security_opt?.includes(unmasked) === true) {
    spec.MaskedPaths = [];
    spec.ReadonlyPaths = [];
  }
  return spec;
}
