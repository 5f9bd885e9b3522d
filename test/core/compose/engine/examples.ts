/** What an engine refuses, and its neighbours that it takes: the engine's own words stand beside each that a test engine can show. */

export interface Refused {
  /** An attribute of service `app`, on a line of its own. */
  readonly attribute: string;
  /** Sections beside the services. */
  readonly rest?: string;
  /** What the refusal names. */
  readonly names: string;
  /** What Docker Engine 20.10.24 says when it is made or started; absent: that hangs on its machine or its age. */
  readonly engine?: RegExp;
}

const own = (attribute: string, names: string, engine?: RegExp): Refused => ({
  attribute,
  names: `services.app.${names}`,
  ...(engine === undefined ? {} : { engine }),
});

const absolute = /must be absolute/;
const root = /can't be '\/'|cannot be '\/'|destination can't/;

const mounts: readonly Refused[] = [
  own('volumes: ["data"]', 'volumes[0].target', absolute),
  own('volumes: ["./conf:conf"]', 'volumes[0].target'),
  own('volumes: ["/data/.."]', 'volumes[0].target', root),
  own('volumes: [{type: tmpfs, target: cache}]', 'volumes[0].target', absolute),
  own('volumes: [{type: tmpfs, target: /}]', 'volumes[0].target', root),
  own('volumes: ["h:/h"]', 'volumes[0].target', absolute),
  own('volumes: [{type: volume, target: /a, read_only: true}]', 'volumes[0].read_only', /anonymous volumes/),
  own('volumes: [{type: image, target: /a}]', 'volumes[0]'),
  own('tmpfs: run', 'tmpfs[0]', absolute),
  own('tmpfs: [/ok, "cache:size=1m"]', 'tmpfs[1]', absolute),
  own('tmpfs: /', 'tmpfs[0]', root),
  own('tmpfs: "/a:size=big"', 'tmpfs[0]', /./),
  own('tmpfs: "/a:uid=me"', 'tmpfs[0]', /./),
  own('tmpfs: "/a:mode=9"', 'tmpfs[0]', /./),
];

const names = 'configs: {c: {content: x}, d: {content: y}}\n';
const files: readonly Refused[] = [
  { ...own('configs: [{source: c, target: /}]', 'configs[0].target'), rest: names },
  { ...own('configs: [{source: c, target: /e}, {source: d, target: e}]', 'configs[1].target'), rest: names },
  {
    ...own('configs: [{source: c, target: /v/../data}]\n    volumes: ["vol:/data"]', 'configs[0].target'),
    rest: `${names}volumes: {vol: {}}\n`,
  },
  {
    ...own('secrets: [s, {source: t, target: s}]', 'secrets[1].target'),
    rest: 'secrets: {s: {file: ./s}, t: {file: ./t}}\n',
  },
];

const processes: readonly Refused[] = [
  own('working_dir: srv', 'working_dir', /needs to be an absolute path/),
  own('post_start: [{command: x, working_dir: srv}]', 'post_start[0].working_dir'),
  own('command: ["a\\0b"]', 'command[0]', /./),
  own('environment: {A: "a\\0b"}', 'environment.A', /./),
  own('stop_signal: SIGSTP', 'stop_signal', /Invalid signal/),
  own('stop_signal: "0"', 'stop_signal', /Invalid signal/),
  own('stop_signal: SIGRTMIN+16', 'stop_signal', /Invalid signal/),
  own('user: "4294967295"', 'user', /./),
  own('user: "0:-1"', 'user', /./),
  own('group_add: ["99999999999"]', 'group_add[0]', /./),
  own(`hostname: ${'h'.repeat(65)}`, 'hostname', /./),
  own('restart: sometimes', 'restart', /invalid restart policy/),
  own('restart: "always:3"', 'restart'),
  own('restart: "on-failure:often"', 'restart'),
  own('deploy: {restart_policy: {condition: never}}', 'deploy.restart_policy.condition'),
  own('healthcheck: {test: "true", interval: 500us}', 'healthcheck.interval', /cannot be less than 1ms/),
  own('healthcheck: {test: "true", timeout: 1ns}', 'healthcheck.timeout', /cannot be less than 1ms/),
  own(
    'healthcheck: {test: "true", start_period: 999us}',
    'healthcheck.start_period',
    /cannot be less than 1ms/,
  ),
  own('healthcheck: {test: "true", start_interval: 1us}', 'healthcheck.start_interval'),
];

const resources: readonly Refused[] = [
  own('mem_limit: 4m', 'mem_limit', /6MB/),
  own('mem_limit: 100', 'mem_limit', /6MB/),
  own('deploy: {resources: {limits: {memory: 5M}}}', 'deploy.resources.limits.memory', /6MB/),
  own('mem_reservation: 1m', 'mem_reservation'),
  own('mem_limit: 16m\n    mem_reservation: 32m', 'mem_reservation'),
  own('memswap_limit: 32m', 'memswap_limit', /Memory limit when using Memoryswap/),
  own('mem_limit: 32m\n    memswap_limit: 16m', 'memswap_limit'),
  own('mem_swappiness: 101', 'mem_swappiness'),
  own('shm_size: -1', 'shm_size', /can not be less than 0/),
  own('cpus: 0.001', 'cpus'),
  own('cpus: 0.5\n    cpu_quota: 50000', 'cpu_quota', /Nano CPUs and CPU Quota/),
  own('cpus: 0.5\n    cpu_period: 50000', 'cpu_period', /Nano CPUs and CPU Period/),
  own('cpu_period: 10', 'cpu_period'),
  own('cpu_quota: 999', 'cpu_quota'),
  own('cpu_shares: -2', 'cpu_shares', /invalid argument/),
  own('cpuset: a', 'cpuset'),
  own('cpuset: 3-1', 'cpuset'),
  own('blkio_config: {weight: 5}', 'blkio_config.weight'),
];

const containment: readonly Refused[] = [
  own('cap_add: [NET_ADMN]', 'cap_add[0]', /unknown capability/),
  own('cap_drop: [ALL, CAP_EVERYTHING]', 'cap_drop[1]', /unknown capability/),
  own('ulimits: {nofiles: 1024}', 'ulimits.nofiles', /./),
  own('ulimits: {nofile: {soft: 2048, hard: 1024}}', 'ulimits.nofile', /./),
  own('ulimits: {nproc: {soft: -1, hard: 10}}', 'ulimits.nproc', /./),
  own('ulimits: {nofile: -1}', 'ulimits.nofile', /./),
  own('sysctls: {vm.swappiness: "1"}', 'sysctls.vm.swappiness', /./),
  own('sysctls: ["kernel.panic=1"]', 'sysctls.kernel.panic', /./),
  own('network_mode: host\n    sysctls: {net.core.somaxconn: "1"}', 'sysctls.net.core.somaxconn', /./),
  own('security_opt: ["no-new-privilege"]', 'security_opt[0]', /invalid --security-opt/),
  own('security_opt: ["no-new-privileges:maybe"]', 'security_opt[0]', /invalid --security-opt/),
  own('security_opt: ["selinux=off"]', 'security_opt[0]', /invalid --security-opt/),
  own('devices: ["null:/dev/null"]', 'devices[0]', /./),
];

const logs: readonly Refused[] = [
  own(
    'logging: {driver: json-file, options: {max-files: "3"}}',
    'logging.options.max-files',
    /unknown log opt/,
  ),
  own('logging: {driver: local, options: {tag: x}}', 'logging.options.tag', /unknown log opt/),
  own('logging: {driver: json-file, options: {mode: fast}}', 'logging.options.mode', /mode not supported/),
  own(
    'logging: {driver: local, options: {max-buffer-size: 1m}}',
    'logging.options.max-buffer-size',
    /only supported with/,
  ),
  own('logging: {driver: json-file, options: {max-size: 10mm}}', 'logging.options.max-size', /./),
  own('logging: {driver: json-file, options: {max-size: "0"}}', 'logging.options.max-size', /./),
  own(
    'logging: {driver: json-file, options: {max-size: 1m, max-file: "0"}}',
    'logging.options.max-file',
    /./,
  ),
  own(
    'logging: {driver: json-file, options: {max-size: 1m, max-file: few}}',
    'logging.options.max-file',
    /./,
  ),
  own(
    'logging: {driver: json-file, options: {compress: "true"}}',
    'logging.options.compress',
    /compress cannot/,
  ),
  own('logging: {driver: local, options: {compress: often}}', 'logging.options.compress', /./),
  own('logging: {driver: local, options: {max-file: "1"}}', 'logging.options.max-file', /./),
];

const ownNet = (config: string) => `networks: {n: {ipam: {config: [${config}]}}}\n`;
const addresses: readonly Refused[] = [
  own('dns: [resolver]', 'dns[0]'),
  own('dns: 8.8.8', 'dns[0]'),
  own('extra_hosts: ["db:10.0.0"]', 'extra_hosts', /invalid IP address in add-host/),
  own('extra_hosts: {db: other}', 'extra_hosts', /invalid IP address in add-host/),
  own('mac_address: "02:42:ac:11:00"', 'mac_address', /./),
  own('mac_address: "01:42:ac:11:00:02"', 'mac_address', /./),
  {
    ...own('networks: {n: {ipv4_address: 10.213.9}}', 'networks.n.ipv4_address', /invalid IPv4 address/),
    rest: ownNet('{subnet: 10.213.9.0/24}'),
  },
  {
    ...own('networks: {n: {ipv6_address: 10.213.9.4}}', 'networks.n.ipv6_address', /invalid IPv6 address/),
    rest: ownNet('{subnet: 10.213.9.0/24}'),
  },
  {
    ...own('networks: {n: {ipv4_address: 10.213.8.4}}', 'networks.n.ipv4_address', /./),
    rest: ownNet('{subnet: 10.213.9.0/24}'),
  },
  {
    ...own('networks: {n: {ipv4_address: 10.213.9.4}}', 'networks.n.ipv4_address', /user configured subnets/),
    rest: 'networks: {n: {}}\n',
  },
];

const shared: readonly Refused[] = [
  own('network_mode: "service:other"\n    hostname: h', 'hostname', /hostname and the network mode/),
  own('network_mode: "service:other"\n    dns: 8.8.8.8', 'dns', /dns and the network mode/),
  own('network_mode: "service:other"\n    extra_hosts: ["a:1.1.1.1"]', 'extra_hosts', /custom host-to-IP/),
  own('network_mode: "service:other"\n    ports: ["80"]', 'ports', /port publishing/),
  own('network_mode: "service:other"\n    expose: ["80"]', 'expose', /port exposing/),
  own('network_mode: "service:other"\n    links: [other]', 'links', /used with links/),
  own('ipc: publc', 'ipc', /nvalid IPC mode/),
  own('uts: host\n    hostname: h', 'hostname', /hostname and the UTS mode/),
];

const ports: readonly Refused[] = [
  own('ports: [{target: 70000}]', 'ports[0]', /./),
  own('ports: [{target: 80, published: http}]', 'ports[0]', /invalid port specification/),
  own('ports: [{target: 80, published: "9000-8000"}]', 'ports[0]', /invalid port specification/),
  own('ports: [{target: 80, published: "65536"}]', 'ports[0]', /invalid port specification/),
  own('ports: [{target: 80, published: "18080", protocol: icmp}]', 'ports[0]', /./),
  own('ports: ["18081:80", "18081:81"]', 'ports[1]', /./),
  own('ports: ["127.0.0.1:18082:80", "127.0.0.1:18082:81"]', 'ports[1]', /./),
  own('ports: ["127.0.0.1:18083:80", "18083:80"]', 'ports[1]', /address already in use/),
];

/** What stands beside the services, and the attribute by which one uses it. */
const beside = (rest: string, at: string, engine: RegExp, attribute: string): Refused => ({
  attribute,
  rest,
  names: at,
  engine,
});

const resourcesBeside: readonly Refused[] = [
  beside(ownNet('{subnet: 10.213.9}'), 'networks.n.ipam.config[0].subnet', /./, 'networks: [n]'),
  beside(
    ownNet('{subnet: 10.213.9.0/24, gateway: 10.213.8.1}'),
    'networks.n.ipam.config[0].gateway',
    /./,
    'networks: [n]',
  ),
  beside(
    ownNet('{subnet: 10.213.9.0/24, gateway: none}'),
    'networks.n.ipam.config[0].gateway',
    /./,
    'networks: [n]',
  ),
  beside(ownNet('{gateway: 10.213.8.1}'), 'networks.n.ipam.config[0]', /./, 'networks: [n]'),
  {
    attribute: 'networks: [n]',
    rest: ownNet('{subnet: 10.213.9.0/24, ip_range: 10.214.0.0/16}'),
    names: 'networks.n.ipam.config[0].ip_range',
  },
  beside(
    ownNet('{subnet: 10.213.9.0/24, aux_addresses: {a: 10.214.0.1}}'),
    'networks.n.ipam.config[0].aux_addresses.a',
    /./,
    'networks: [n]',
  ),
  beside(
    'networks: {n: {ipam: {config: [{subnet: 10.213.5.0/24}]}}, m: {ipam: {config: [{subnet: 10.213.5.128/25}]}}}\n',
    'networks.m.ipam.config[0].subnet',
    /overlaps/,
    'networks: [n, m]',
  ),
  beside(
    'networks: {n: {driver_opts: {com.docker.network.driver.mtu: big}}}\n',
    'networks.n.driver_opts.com.docker.network.driver.mtu',
    /./,
    'networks: [n]',
  ),
  beside(
    'networks: {n: {driver_opts: {com.docker.network.bridge.enable_icc: maybe}}}\n',
    'networks.n.driver_opts.com.docker.network.bridge.enable_icc',
    /./,
    'networks: [n]',
  ),
  beside('volumes: {vol: {name: v}}\n', 'volumes.vol.name', /too short/, 'volumes: ["vol:/a"]'),
  beside(
    'volumes: {vol: {driver_opts: {sise: 1m}}}\n',
    'volumes.vol.driver_opts.sise',
    /invalid option/,
    'volumes: ["vol:/a"]',
  ),
  beside(
    'volumes: {vol: {driver_opts: {type: tmpfs}}}\n',
    'volumes.vol.driver_opts.type',
    /missing required option/,
    'volumes: ["vol:/a"]',
  ),
  beside(
    'volumes: {vol: {driver_opts: {o: bind, device: /srv}}}\n',
    'volumes.vol.driver_opts.device',
    /missing required option/,
    'volumes: ["vol:/a"]',
  ),
];

export const refused: readonly Refused[] = [
  ...mounts,
  ...files,
  ...processes,
  ...resources,
  ...containment,
  ...logs,
  ...addresses,
  ...shared,
  ...ports,
  ...resourcesBeside,
];

/** Neighbours that an engine takes; `machine`: this hangs on what it has, so that no test engine is asked. */
export const taken: readonly {
  readonly attribute: string;
  readonly rest?: string;
  readonly machine?: true;
}[] = [
  { attribute: 'volumes: ["/data", "vol:/v/./w/"]', rest: 'volumes: {vol: {}}\n' },
  { attribute: 'volumes: [{type: tmpfs, target: /a, read_only: true, tmpfs: {size: 1m, mode: 0o700}}]' },
  { attribute: 'tmpfs: [/a, "/b:size=10%,mode=1777,uid=1,gid=2,noexec,nosuid", "/c:"]' },
  { attribute: 'working_dir: /srv/../tmp\n    user: "0:0"\n    group_add: ["2147483647", 5]' },
  { attribute: 'environment: {A: "a b", B: , "C.d": ""}' },
  { attribute: 'user: "65534"\n    stop_signal: "15"' },
  { attribute: 'stop_signal: sigrtmin+15' },
  { attribute: 'stop_signal: RTMAX-14' },
  { attribute: `hostname: ${'h'.repeat(63)}` },
  { attribute: 'hostname: under_score.example' },
  { attribute: 'restart: on-failure:3' },
  { attribute: 'restart: "no"' },
  { attribute: 'deploy: {restart_policy: {condition: any}}' },
  { attribute: 'healthcheck: {test: ["CMD", "true"], interval: 1ms, timeout: 1ms, start_period: 0s}' },
  { attribute: 'healthcheck: {disable: true, interval: 1us}' },
  { attribute: 'mem_limit: 6m\n    mem_reservation: 6m\n    memswap_limit: -1', machine: true },
  { attribute: 'mem_limit: 32m\n    memswap_limit: 32m\n    mem_swappiness: 0', machine: true },
  { attribute: 'cpus: 0.01', machine: true },
  { attribute: 'cpu_quota: -1\n    cpu_period: 1000\n    cpu_shares: 2', machine: true },
  { attribute: 'cpuset: "0"', machine: true },
  { attribute: 'cap_add: [cap_kill, CHOWN]\n    cap_drop: [all, CAP_CHOWN]' },
  { attribute: 'ulimits: {nofile: {soft: 100, hard: 1000}, CORE: 0, nproc: 100}' },
  { attribute: 'sysctls: {net.core.somaxconn: "128", kernel.shmmni: "100"}' },
  {
    attribute:
      'security_opt: ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=false", "apparmor=unconfined"]',
  },
  { attribute: 'security_opt: ["label:disable", "systempaths=unconfined", "seccomp:unconfined"]' },
  { attribute: 'devices: ["/dev/null", "/dev/zero:/dev/nothing:r"]' },
  {
    attribute:
      'logging: {driver: json-file, options: {max-size: 10m, max-file: "2", compress: "true", tag: x, labels: a}}',
  },
  {
    attribute: 'logging: {driver: local, options: {max-size: 1.5m, mode: non-blocking, max-buffer-size: 1m}}',
  },
  { attribute: 'logging: {driver: local, options: {max-file: "1", compress: "false"}}' },
  { attribute: 'logging: {driver: none, options: {anything: x}}' },
  {
    attribute: 'logging: {driver: json-file, options: {cache-disabled: "true", cache-max-size: 1m}}',
  },
  { attribute: 'dns: ["8.8.8.8", "2001:4860:4860::8888"]\n    dns_search: example.com' },
  { attribute: 'extra_hosts: ["a:1.2.3.4", "b:::1", "c=[::1]", "d:host-gateway"]' },
  { attribute: 'mac_address: "02-42-ac-11-00-02"' },
  {
    attribute: 'networks: {n: {ipv4_address: 10.213.6.4}}',
    rest: 'networks: {n: {ipam: {config: [{subnet: 10.213.6.0/24, gateway: 10.213.6.1, aux_addresses: {a: 10.213.6.2}}]}, driver_opts: {com.docker.network.driver.mtu: 1400}}}\n',
  },
  {
    attribute: 'networks: [n]',
    rest: 'networks: {n: {ipam: {config: [{subnet: 10.213.9.0/24, ip_range: 10.213.9.128/25}, {subnet: "fd00:9::/64"}]}}}\n',
    machine: true,
  },
  { attribute: 'ports: ["0.0.0.0:18089:80", "[::]:18089:80"]', machine: true },
  { attribute: 'ports: ["18090:80", "127.0.0.1:18091:81/udp", "18090:80/udp", "82", "18092-18094:83"]' },
  { attribute: 'network_mode: "service:other"\n    user: "1"' },
  { attribute: 'network_mode: none\n    hostname: h' },
  {
    attribute: 'volumes: ["vol:/a"]',
    rest: 'volumes: {vol: {driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}}}\n',
  },
];
