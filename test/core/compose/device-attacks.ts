/** What an app's author writes to reach beyond the container. */
import type { EngineAllowance } from '../../../schemas/types.generated.ts';

export const service = (attributes: string, rest = '') =>
  `services:\n  web:\n    image: nginx\n    ${attributes}\n${rest}`;
const volume = (definition: string) => service('volumes: ["vol:/v"]', `volumes: {vol: ${definition}}\n`);
const options = (text: string) => volume(`{driver_opts: {${text}}}`);
const network = (definition: string) => service('networks: [n]', `networks: {n: ${definition}}\n`);
const onNetwork = (text: string) => service(`networks: {n: {${text}}}`, 'networks: {n: {}}\n');
export const logging = (text: string) => service(`logging: {${text}}`);
const bind = (text: string) => service(`volumes: [{type: bind, source: ./d, target: /d, bind: {${text}}}]`);

/** What it is, what is written, and the key that its refusal names; undefined: no key allows it. */
export const attacks: readonly (readonly [string, string, keyof EngineAllowance | undefined])[] = [
  ['a bind behind type tmpfs', options('type: tmpfs, o: bind, device: /'), 'bindRoots'],
  [
    'a recursive bind behind type tmpfs',
    options('type: tmpfs, o: "size=1m,rbind", device: /etc'),
    'bindRoots',
  ],
  ['a bind behind type nfs', options('type: nfs, o: "addr=127.0.0.1,bind", device: /'), 'bindRoots'],
  ['a bind behind type overlay', options('type: overlay, o: bind, device: /'), 'bindRoots'],
  ['a bind behind no type', options('o: "ro,bind", device: /root'), 'bindRoots'],
  ['a bind of a path relative to the engine', options('type: none, o: "bind,rw", device: etc'), undefined],
  ['a bind that moves a mount', options('type: none, o: "bind,move", device: /project/d'), 'privileged'],
  [
    'a bind that shares its mounts',
    options('type: none, o: "bind,rshared", device: /project/d'),
    'privileged',
  ],
  ['a tmpfs that remounts', options('type: tmpfs, o: remount, device: tmpfs'), 'privileged'],
  ['a writable /proc', options('type: proc, device: proc'), 'privileged'],
  ['a writable /sys', options('type: sysfs, device: sysfs'), 'privileged'],
  ['the devices of the host', options('type: devtmpfs, device: devtmpfs'), 'privileged'],
  ['cgroups', options('type: cgroup2, device: cgroup2'), 'privileged'],
  ['the kernel debugger', options('type: debugfs, device: debugfs'), 'privileged'],
  [
    'an overlay of the host',
    options('type: overlay, device: overlay, o: "lowerdir=/etc:/root"'),
    'privileged',
  ],
  ['a disk', options('type: ext4, device: /dev/sda1'), 'devices'],
  ['a disk that is named relative to the engine', options('type: ext4, device: dev/sda1'), undefined],
  [
    'a second disk as journal',
    options('type: ext4, device: /dev/sda1, o: journal_path=/dev/sdb'),
    'privileged',
  ],
  ['a file system over the network', options('type: nfs, o: addr=10.0.0.1, device: ":/x"'), 'volumeTypes'],
  ['a Windows share', options('type: cifs, o: "username=a", device: "//nas/x"'), 'volumeTypes'],
  [
    'an option of the local driver that nobody knows',
    options('type: tmpfs, device: tmpfs, mountpoint: /'),
    'privileged',
  ],
  ['a volume driver', volume('{driver: rexray}'), 'volumeDrivers'],
  ['a volume named like a path', volume('{name: "/etc"}'), undefined],
  ['macvlan', network('{driver: macvlan, driver_opts: {parent: eth0}}'), 'networkDrivers'],
  ['ipvlan', network('{driver: ipvlan}'), 'networkDrivers'],
  ['a network plugin', network('{driver: weave}'), 'networkDrivers'],
  ['an ipam plugin', network('{ipam: {driver: dhcp}}'), 'networkDrivers'],
  ['the network of the host as an external one', network('{external: true, name: host}'), 'hostNamespaces'],
  ['the network of the host by its name', network('{name: host}'), 'hostNamespaces'],
  ['the network of a container by a name', network('{name: "container:other"}'), undefined],
  [
    'an interface of the host as bridge',
    network('{driver_opts: {com.docker.network.bridge.name: br0}}'),
    'hostNamespaces',
  ],
  ['an address range of the site', network('{ipam: {config: [{subnet: 10.0.0.0/8}]}}'), 'subnets'],
  ['a network by its name', service('network_mode: other_default'), 'hostNamespaces'],
  ['a network namespace by its path', service('network_mode: "ns:/proc/1/ns/net"'), 'hostNamespaces'],
  ['a pid namespace by its path', service('pid: "ns:/proc/1/ns/pid"'), 'hostNamespaces'],
  ['an ipc namespace by its path', service('ipc: "ns:/proc/1/ns/ipc"'), 'hostNamespaces'],
  ['a uts namespace by its path', service('uts: "ns:/proc/1/ns/uts"'), 'hostNamespaces'],
  ['a user namespace by its path', service('userns_mode: "ns:/proc/1/ns/user"'), 'hostNamespaces'],
  [
    'sysctls of the endpoint',
    onNetwork('driver_opts: {com.docker.network.endpoint.sysctls: kernel.x=1}'),
    'privileged',
  ],
  ['an option of the endpoint', onNetwork('driver_opts: {com.docker.network.portmap: x}'), 'privileged'],
  ['a runtime', service('runtime: runc'), 'runtimes'],
  [
    'a log driver with an address',
    logging('driver: syslog, options: {syslog-address: "tcp://127.0.0.1:22"}'),
    'logDrivers',
  ],
  ['the journal of the host', logging('driver: journald'), 'logDrivers'],
  [
    'an option of the engine’s own log driver',
    logging('options: {syslog-address: "unix:///run/docker.sock"}'),
    'logDrivers',
  ],
  ['a log file of the host', logging('driver: json-file, options: {path: /etc/cron.d/x}'), 'logDrivers'],
  ['no-new-privileges taken back', service('security_opt: ["no-new-privileges:false"]'), 'privileged'],
  ['the label of another container', service('security_opt: ["label=level:s0:c1,c2"]'), 'privileged'],
  ['unmasked system paths', service('security_opt: ["systempaths=unconfined"]'), 'privileged'],
  ['a sysctl of the whole kernel', service('sysctls: {kernel.core_pattern: "|/x"}'), 'privileged'],
  ['a sysctl by a slash', service('sysctls: {"kernel/core_pattern": "|/x"}'), 'privileged'],
  [
    'a sysctl of the network of the host',
    service('network_mode: host\n    sysctls: {net.ipv4.ip_forward: 1}'),
    'privileged',
  ],
  ['a property of systemd', service('annotations: {org.systemd.property.OnFailure: "\'x\'"}'), 'privileged'],
  [
    'an annotation that a runtime may know',
    service('annotations: {io.katacontainers.config.hypervisor.path: /x}'),
    'privileged',
  ],
  ['never to be killed before the host', service('oom_score_adj: -1000'), 'privileged'],
  ['no killing when memory ends', service('oom_kill_disable: true'), 'privileged'],
  [
    'a file of the host that is throttled',
    service('blkio_config: {device_read_bps: [{path: /etc/shadow, rate: 1}]}'),
    'privileged',
  ],
  ['an option of the storage driver', service('storage_opt: {dm.basesize: 1G}'), 'privileged'],
  ['a tmpfs with a mount flag', service('tmpfs: ["/x:bind"]'), 'privileged'],
  ['mounts that reach the host', bind('propagation: rshared'), 'privileged'],
  ['volumes of a service with another option', service('volumes_from: ["web:z"]'), 'hostNamespaces'],
  ['a device request of another driver', service('gpus: [{driver: other, count: 1}]'), 'privileged'],
  [
    'a device request by capability',
    service('gpus: [{capabilities: [cdi], device_ids: ["vendor.com/a=b"]}]'),
    'privileged',
  ],
  ['a container named like a path', service('container_name: "xx/../../images"'), undefined],
  [
    'a way out of a volume',
    service(
      'volumes: [{type: volume, source: vol, target: /v, volume: {subpath: ../..}}]',
      'volumes: {vol: {}}\n',
    ),
    undefined,
  ],
  [
    'a way out of an image',
    service('volumes: [{type: image, source: i, target: /v, image: {subpath: /etc}}]'),
    undefined,
  ],
  [
    'an annotation in a list',
    service('annotations: ["io.katacontainers.config.hypervisor.path=/x"]'),
    'privileged',
  ],
  ['a sysctl in a list', service('sysctls: ["kernel.core_pattern=|/x"]'), 'privileged'],
  ['a tmpfs flag in a single text', service('tmpfs: "/x:size=1m,rbind"'), 'privileged'],
  ['GPUs by a word', service('gpus: all'), 'devices'],
  ['privilege by a text', service('privileged: "true"'), 'privileged'],
  ['a privileged command by a text', service('post_start: [{command: x, privileged: "true"}]'), 'privileged'],
  ['privilege', service('privileged: true'), 'privileged'],
  [
    'a privileged command after the start',
    service('post_start: [{command: x, privileged: true}]'),
    'privileged',
  ],
  [
    'a privileged command before the stop',
    service('pre_stop: [{command: x, privileged: true}]'),
    'privileged',
  ],
  ['all capabilities', service('cap_add: [ALL]'), 'privileged'],
  ['a cgroup elsewhere', service('cgroup_parent: /x'), 'privileged'],
  ['every device by rule', service('device_cgroup_rules: ["a *:* rwm"]'), 'privileged'],
  ['the cgroups of the host', service('cgroup: host'), 'hostNamespaces'],
  ['a container of another project', service('external_links: [other]'), 'hostNamespaces'],
  ['a disk as device', service('devices: [/dev/sda]'), 'devices'],
  ['a device of the container device interface', service('devices: ["vendor.com/class=all"]'), 'privileged'],
  [
    'reserved GPUs',
    service('deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}'),
    'devices',
  ],
  ['a label for a path of the host', service('volumes: ["/srv/x:/x:Z"]'), 'privileged'],
  ['a config of a host file', service('configs: [c]', 'configs: {c: {file: /etc/shadow}}\n'), 'bindRoots'],
  ['a secret of a host file', service('secrets: [s]', 'secrets: {s: {file: /etc/shadow}}\n'), 'bindRoots'],
  [
    'a writing limit on a file',
    service('blkio_config: {device_write_bps: [{path: /x, rate: 1}]}'),
    'privileged',
  ],
  [
    'a reading limit on a file',
    service('blkio_config: {device_read_iops: [{path: /x, rate: 1}]}'),
    'privileged',
  ],
  [
    'a limit of writes on a file',
    service('blkio_config: {device_write_iops: [{path: /x, rate: 1}]}'),
    'privileged',
  ],
  [
    'a weight on a file',
    service('blkio_config: {weight_device: [{path: /dev/../x, weight: 100}]}'),
    'privileged',
  ],
];
