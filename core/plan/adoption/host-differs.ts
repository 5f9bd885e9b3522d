/** What a container may and sees of its host, compared; its limits are looked at as those of any container are. */
import { canonicalJson } from '../../canonical-json.ts';
import type { ServiceModel } from '../../compose/value/model.ts';
import { sharedNetworkMode } from '../../desired/service-networks.ts';
import { type Fields, fieldsOf } from '../../json.ts';
import {
  type EngineDefaults,
  isSame,
  listOf,
  type MadeFacts,
  textOf,
  textsOf,
  withoutNothing,
} from './made-container.ts';

const defaultSharedMemory = 64 * 1024 * 1024;

/** As both ways to write one thing are read. */
type Normal = (value: unknown) => unknown;

const asIs: Normal = value => value;
const anyOrder: Normal = value =>
  listOf(value)
    .map(entry => canonicalJson(withoutNothing(entry) ?? null))
    .sort();
const capabilities: Normal = value =>
  textsOf(value)
    .map(name => name.toUpperCase().replace(/^CAP_/, ''))
    .sort();

/** "no-new-privileges:true", and with `=` or `:` before the value, as the version of docker compose has it. */
const security: Normal = value =>
  textsOf(value)
    .map(option => option.replace(/^(label|apparmor|seccomp|no-new-privileges)[:=]/, '$1='))
    .map(option => (option === 'no-new-privileges=true' ? 'no-new-privileges' : compact(option)))
    .sort();

/** A profile of seccomp is JSON, of whatever layout. */
const compact = (option: string): string =>
  option.startsWith('seccomp={') ? option.replace(/\s+/g, '') : option;

const unless =
  (...defaults: readonly unknown[]): Normal =>
  value =>
    defaults.includes(value) ? undefined : value;

/** Member of HostConfig → what a Compose file calls it, and how it is read. */
const members: Readonly<Record<string, readonly [word: string, normal: Normal]>> = {
  CapAdd: ['cap_add', capabilities],
  CapDrop: ['cap_drop', capabilities],
  Privileged: ['privileged', asIs],
  ReadonlyRootfs: ['read_only', asIs],
  SecurityOpt: ['security_opt', security],
  Sysctls: ['sysctls', asIs],
  Ulimits: ['ulimits', anyOrder],
  ShmSize: ['shm_size', unless(defaultSharedMemory)],
  Dns: ['dns', asIs],
  DnsOptions: ['dns_opt', asIs],
  DnsSearch: ['dns_search', asIs],
  ExtraHosts: ['extra_hosts', anyOrder],
  GroupAdd: ['group_add', anyOrder],
  Devices: ['devices', anyOrder],
  DeviceCgroupRules: ['device_cgroup_rules', asIs],
  DeviceRequests: ['gpus', asIs],
  UTSMode: ['uts', asIs],
  UsernsMode: ['userns_mode', asIs],
  CgroupParent: ['cgroup_parent', asIs],
  Isolation: ['isolation', unless('default')],
  OomKillDisable: ['oom_kill_disable', asIs],
  OomScoreAdj: ['oom_score_adj', asIs],
  MemorySwappiness: ['mem_swappiness', unless(-1)],
  CpuRealtimePeriod: ['cpu_rt_period', asIs],
  CpuRealtimeRuntime: ['cpu_rt_runtime', asIs],
  CpuCount: ['cpu_count', asIs],
  CpuPercent: ['cpu_percent', asIs],
  StorageOpt: ['storage_opt', asIs],
  Annotations: ['annotations', asIs],
  BlkioWeightDevice: ['blkio_config', asIs],
  BlkioDeviceReadBps: ['blkio_config', asIs],
  BlkioDeviceReadIOps: ['blkio_config', asIs],
  BlkioDeviceWriteBps: ['blkio_config', asIs],
  BlkioDeviceWriteIOps: ['blkio_config', asIs],
  Init: ['init', asIs],
  AutoRemove: ['automatic removal', asIs],
  PublishAllPorts: ['ports', asIs],
};

function bindings(value: unknown): string[] {
  return Object.entries(fieldsOf(value))
    .flatMap(([port, bound]) =>
      listOf(bound).map(each => {
        const { HostIp, HostPort } = fieldsOf(each);
        return `${port} ${textOf(HostIp)} ${textOf(HostPort).replace(/^0$/, '')}`;
      }),
    )
    .sort();
}

/** Options that the engine adds to its own driver stand with those of the file, and nobody can tell which are whose. */
function sameLogging(asked: unknown, actual: unknown, { loggingDriver }: EngineDefaults): boolean {
  const [wanted, made] = [fieldsOf(asked), fieldsOf(actual)];
  const type = textOf(wanted.Type) || loggingDriver;
  if (type === undefined) return textOf(wanted.Type) === '';
  if (type !== textOf(made.Type)) return false;
  const options = fieldsOf(made.Config);
  const stated = Object.entries(fieldsOf(wanted.Config));
  const isThere = stated.every(([name, value]) => options[name] === value);
  return isThere && (type === loggingDriver || stated.length === Object.keys(options).length);
}

/** Whose container is shared is looked at with those that are there. */
function sameMode(wanted: string | undefined, actual: string, own: readonly string[]): boolean {
  if (wanted === undefined || wanted === '') return own.includes(actual);
  if (/^(?:service|container):/.test(wanted)) return actual.startsWith('container:');
  return wanted === actual;
}

function sameNetworkMode(service: ServiceModel, actual: string): boolean {
  const wanted = sharedNetworkMode(service);
  const isShared = /^(?:host|none|bridge|default|container:.*)?$/.test(actual);
  if (wanted === undefined) return !isShared;
  const plain = (mode: string) => (mode === 'default' ? 'bridge' : mode);
  return sameMode(plain(wanted), plain(actual), []);
}

const hidden = (config: Fields): boolean =>
  config.Privileged === true || !Array.isArray(config.MaskedPaths) || config.MaskedPaths.length > 0;

/** @param asked the HostConfig that we would ask for */
export function hostDiffers(asked: Fields, service: ServiceModel, { made, defaults }: MadeFacts): string[] {
  const { hostConfig } = made;
  const runtime = unless('', defaults.runtime ?? 'runc');
  const plain = ([, normal]: readonly [string, Normal], config: Fields, key: string) => normal(config[key]);
  const differing = Object.entries(members).flatMap(([key, member]) =>
    isSame(plain(member, asked, key), plain(member, hostConfig, key)) ? [] : [member[0]],
  );
  const mode = (key: string) => textOf(hostConfig[key]);
  const same: Readonly<Record<string, boolean>> = {
    ports: isSame(bindings(asked.PortBindings), bindings(hostConfig.PortBindings)),
    logging: sameLogging(asked.LogConfig, hostConfig.LogConfig, defaults),
    runtime: isSame(runtime(asked.Runtime), runtime(hostConfig.Runtime)),
    cgroup: asked.CgroupnsMode === undefined || asked.CgroupnsMode === mode('CgroupnsMode'),
    network_mode: sameNetworkMode(service, mode('NetworkMode')),
    pid: sameMode(service.pid, mode('PidMode'), ['']),
    ipc: sameMode(service.ipc, mode('IpcMode'), ['', 'private', 'shareable']),
    'security_opt systempaths': hidden(asked) === hidden(hostConfig),
  };
  return [...new Set([...differing, ...Object.keys(same).filter(word => same[word] === false)])];
}
