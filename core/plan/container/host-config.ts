/** What a container may and sees of its host: the members of the engine's HostConfig. */

import { asList, asNumber, asObject, asStrings, asText, asTexts } from '../../compose/value/json-access.ts';
import type { Json, JsonObject, ServiceModel } from '../../compose/value/model.ts';
import { sizeBytes } from '../quantity.ts';
import { limitsHostConfig } from './limits.ts';

function ulimits(service: ServiceModel): { Name: string; Soft: number; Hard: number }[] {
  return Object.entries(asObject(service.ulimits)).map(([name, value]) => {
    const single = asNumber(value);
    const { soft, hard } = asObject(value);
    return {
      Name: name,
      Soft: single ?? asNumber(soft) ?? 0,
      Hard: single ?? asNumber(hard) ?? asNumber(soft) ?? 0,
    };
  });
}

function device(value: Json): Record<string, string> {
  if (typeof value === 'string') {
    const [source = '', target = source, permissions = 'rwm'] = value.split(':');
    return { PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions };
  }
  const { source, target, permissions } = asObject(value);
  return {
    PathOnHost: asText(source) ?? '',
    PathInContainer: asText(target) ?? asText(source) ?? '',
    CgroupPermissions: asText(permissions) ?? 'rwm',
  };
}

function deviceRequest(item: Json, byDefault: string[]): Record<string, unknown> {
  const request = asObject(item);
  const ids = asStrings(request.device_ids);
  const capabilities = asStrings(request.capabilities);
  const count = request.count === 'all' ? -1 : asNumber(request.count);
  return {
    Driver: asText(request.driver) ?? '',
    Count: count ?? (ids.length > 0 ? 0 : -1),
    ...(ids.length > 0 ? { DeviceIDs: ids } : {}),
    Capabilities: [[...new Set([...capabilities, ...byDefault])]],
    Options: asTexts(request.options),
  };
}

/** `vendor.com/class=name`: a device of the Container Device Interface. */
function isCdiName({ PathOnHost, PathInContainer }: Record<string, string>): boolean {
  const cdi = /^[A-Za-z][\w.-]*\/[A-Za-z0-9][\w.-]*=[\w.:-]+$/;
  return PathOnHost === PathInContainer && cdi.test(PathOnHost ?? '');
}

function deviceRequests(service: ServiceModel, cdi: readonly string[]): Record<string, unknown>[] {
  const reserved = asObject(asObject(asObject(service.deploy).resources).reservations).devices;
  return [
    ...(cdi.length > 0 ? [{ Driver: 'cdi', DeviceIDs: cdi }] : []),
    ...asList(service.gpus).map(item => deviceRequest(item, ['gpu'])),
    ...asList(reserved).map(item => deviceRequest(item, [])),
  ];
}

function throttle(value: Json | undefined): { Path: string; Rate: number }[] {
  return asList(value).map(item => {
    const entry = asObject(item);
    return {
      Path: asText(entry.path) ?? asText(entry.Path) ?? '',
      Rate: sizeBytes(entry.rate) ?? sizeBytes(entry.Rate) ?? 0,
    };
  });
}

function blockIo(service: ServiceModel): Record<string, unknown> {
  const config = asObject(service.blkio_config);
  const weights = asList(config.weight_device).map(item => {
    const entry = asObject(item);
    return {
      Path: asText(entry.path) ?? asText(entry.Path) ?? '',
      Weight: asNumber(entry.weight) ?? asNumber(entry.Weight) ?? 0,
    };
  });
  return {
    BlkioWeightDevice: weights,
    BlkioDeviceReadBps: throttle(config.device_read_bps),
    BlkioDeviceReadIOps: throttle(config.device_read_iops),
    BlkioDeviceWriteBps: throttle(config.device_write_bps),
    BlkioDeviceWriteIOps: throttle(config.device_write_iops),
  };
}

/** "host=ip" of the canonical form → the engine's "host:ip". */
function extraHosts(service: ServiceModel): string[] {
  return asStrings(service.extra_hosts).map(text => {
    const equals = text.indexOf('=');
    return equals < 0 ? text : `${text.slice(0, equals)}:${text.slice(equals + 1)}`;
  });
}

function logging(service: ServiceModel): Record<string, unknown> | undefined {
  const config: JsonObject = asObject(service.logging);
  if (Object.keys(config).length === 0) return undefined;
  // Without a driver the engine's own one is meant.
  return { Type: asText(config.driver) ?? '', Config: asTexts(config.options) };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const unmasked = 'systempaths=unconfined';

/** @param profiles content of seccomp profiles by path as the model has it */
function securityOptions(service: ServiceModel, profiles: ReadonlyMap<string, string>): string[] {
  return asStrings(service.security_opt)
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
  const devices = asList(service.devices).map(device);
  const spec: Record<string, unknown> = {
    ...limitsHostConfig(service),
    ...blockIo(service),
    CapAdd: asStrings(service.cap_add),
    CapDrop: asStrings(service.cap_drop),
    Privileged: service.privileged === true,
    ReadonlyRootfs: service.read_only === true,
    SecurityOpt: securityOptions(service, profiles),
    Sysctls: asTexts(service.sysctls),
    Ulimits: ulimits(service),
    ShmSize: sizeBytes(service.shm_size),
    Dns: asStrings(service.dns),
    DnsOptions: asStrings(service.dns_opt),
    DnsSearch: asStrings(service.dns_search),
    ExtraHosts: extraHosts(service),
    GroupAdd: asStrings(service.group_add),
    Devices: devices.filter(item => !isCdiName(item)),
    DeviceCgroupRules: asStrings(service.device_cgroup_rules),
    DeviceRequests: deviceRequests(
      service,
      devices.filter(isCdiName).map(({ PathOnHost = '' }) => PathOnHost),
    ),
    LogConfig: logging(service),
    UTSMode: asText(service.uts),
    UsernsMode: asText(service.userns_mode),
    CgroupnsMode: asText(service.cgroup),
    CgroupParent: asText(service.cgroup_parent),
    Runtime: asText(service.runtime),
    Isolation: asText(service.isolation),
    OomKillDisable: service.oom_kill_disable === true,
    OomScoreAdj: asNumber(service.oom_score_adj),
    MemorySwappiness: asNumber(service.mem_swappiness),
    CpuRealtimePeriod: asNumber(service.cpu_rt_period),
    CpuRealtimeRuntime: asNumber(service.cpu_rt_runtime),
    CpuCount: asNumber(service.cpu_count),
    CpuPercent: asNumber(service.cpu_percent),
    StorageOpt: asTexts(service.storage_opt),
    Annotations: asTexts(service.annotations),
  };
  for (const [key, value] of Object.entries(spec)) if (isEmpty(value)) delete spec[key];
  // `init: false` says something else than no word: it wins over the engine's own default.
  if (typeof service.init === 'boolean') spec.Init = service.init;
  if (asStrings(service.security_opt).includes(unmasked)) {
    spec.MaskedPaths = [];
    spec.ReadonlyPaths = [];
  }
  return spec;
}
