/* Generated from core/compose/attributes by `npm run generate`. Do not edit. */

/* What is empty is left out, and so are attributes that have been worked into others. */

export type DeployModel = {
  mode?: string;
  endpoint_mode?: string;
  replicas?: number;
  labels?: Record<string, string>;
  rollback_config?: {
    parallelism?: number;
    delay?: string;
    failure_action?: string;
    monitor?: string;
    max_failure_ratio?: number;
    order?: 'start-first' | 'stop-first';
  };
  update_config?: {
    parallelism?: number;
    delay?: string;
    failure_action?: string;
    monitor?: string;
    max_failure_ratio?: number;
    order?: 'start-first' | 'stop-first';
  };
  resources?: {
    limits?: {
      cpus?: number;
      memory?: string;
      pids?: number;
    };
    reservations?: {
      cpus?: number;
      memory?: string;
      generic_resources?: {
        discrete_resource_spec?: {
          kind?: string;
          value?: number;
        };
      }[];
      devices?: DeviceRequestModel[];
    };
  };
  restart_policy?: {
    condition?: string;
    delay?: string;
    max_attempts?: number;
    window?: string;
  };
  placement?: {
    constraints?: string[];
    preferences?: {
      spread?: string;
    }[];
    max_replicas_per_node?: number;
  };
};

export type ThrottleModel = {
  Path?: string;
  Rate?: string;
};

export type FileMountModel = {
  source?: string;
  target?: string;
  uid?: string;
  gid?: string;
  mode?: string;
};

export type DependencyModel = {
  restart?: boolean;
  required?: boolean;
  condition?: 'service_started' | 'service_healthy' | 'service_completed_successfully';
};

export type DeviceModel = {
  source?: string;
  target?: string;
  permissions?: string;
};

export type DeviceRequestModel = {
  capabilities?: string[];
  count?: number;
  device_ids?: string[];
  driver?: string;
  options?: Record<string, string>;
};

export type HealthcheckModel = {
  disable?: boolean;
  interval?: string;
  retries?: number;
  test?: string[];
  timeout?: string;
  start_period?: string;
  start_interval?: string;
};

export type LoggingModel = {
  driver?: string;
  options?: Record<string, string>;
};

export type EndpointModel = {
  aliases?: string[];
  interface_name?: string;
  ipv4_address?: string;
  ipv6_address?: string;
  link_local_ips?: string[];
  mac_address?: string;
  driver_opts?: Record<string, string>;
  priority?: number;
  gw_priority?: number;
};

export type PortModel = {
  name?: string;
  mode?: string;
  host_ip?: string;
  target?: number;
  published?: string;
  protocol?: string;
  app_protocol?: string;
};

export type HookModel = {
  command?: string[] | null;
  user?: string;
  privileged?: boolean;
  working_dir?: string;
  environment?: Record<string, string | null>;
};

export type MountModel = {
  type?: 'bind' | 'volume' | 'tmpfs' | 'cluster' | 'npipe' | 'image';
  source?: string;
  target?: string;
  read_only?: boolean;
  consistency?: string;
  bind?: {
    propagation?: string;
    create_host_path?: boolean;
    recursive?: 'enabled' | 'disabled' | 'writable' | 'readonly';
    selinux?: 'z' | 'Z';
  };
  volume?: {
    labels?: Record<string, string>;
    nocopy?: boolean;
    subpath?: string;
  };
  tmpfs?: {
    size?: string;
    mode?: number;
  };
  image?: {
    subpath?: string;
  };
};

export type ServiceModel = {
  develop?: {
    watch?: {
      ignore?: string[];
      include?: string[];
      path?: string;
      action?: 'rebuild' | 'sync' | 'restart' | 'sync+restart' | 'sync+exec';
      target?: string;
      exec?: HookModel;
      initial_sync?: boolean;
    }[];
  };
  deploy?: DeployModel;
  annotations?: Record<string, string>;
  attach?: boolean;
  build?: {
    context?: string;
    dockerfile?: string;
    dockerfile_inline?: string;
    entitlements?: string[];
    args?: Record<string, string | null>;
    ssh?: string[];
    labels?: Record<string, string>;
    cache_from?: string[];
    cache_to?: string[];
    no_cache?: boolean;
    additional_contexts?: Record<string, string>;
    network?: string;
    provenance?: string;
    sbom?: string;
    pull?: boolean;
    target?: string;
    shm_size?: string;
    extra_hosts?: string[];
    isolation?: string;
    privileged?: boolean;
    secrets?: FileMountModel[];
    tags?: string[];
    ulimits?: Record<string, number | { soft?: number; hard?: number }>;
    platforms?: string[];
  };
  blkio_config?: {
    device_read_bps?: ThrottleModel[];
    device_read_iops?: ThrottleModel[];
    device_write_bps?: ThrottleModel[];
    device_write_iops?: ThrottleModel[];
    weight?: number;
    weight_device?: {
      Path?: string;
      Weight?: number;
    }[];
  };
  cap_add?: string[];
  cap_drop?: string[];
  cgroup?: 'host' | 'private';
  cgroup_parent?: string;
  command?: string[] | null;
  configs?: FileMountModel[];
  container_name?: string;
  cpu_count?: number;
  cpu_percent?: number;
  cpu_shares?: number;
  cpu_quota?: number;
  cpu_period?: number;
  cpu_rt_period?: number;
  cpu_rt_runtime?: number;
  cpus?: number;
  cpuset?: string;
  credential_spec?: {
    config?: string;
    file?: string;
    registry?: string;
  };
  depends_on?: Record<string, DependencyModel | null>;
  device_cgroup_rules?: string[];
  devices?: DeviceModel[];
  dns?: string[];
  dns_opt?: string[];
  dns_search?: string[];
  domainname?: string;
  entrypoint?: string[] | null;
  environment?: Record<string, string | null>;
  expose?: string[];
  extends?: {
    service?: string;
    file?: string;
  };
  provider?: {
    type?: string;
    options?: Record<string, string[]>;
  };
  external_links?: string[];
  extra_hosts?: string[];
  gpus?: DeviceRequestModel[];
  group_add?: string[];
  healthcheck?: HealthcheckModel;
  hostname?: string;
  image?: string;
  init?: boolean;
  ipc?: string;
  isolation?: string;
  labels?: Record<string, string>;
  links?: string[];
  logging?: LoggingModel;
  mac_address?: string;
  mem_limit?: string;
  mem_reservation?: string;
  mem_swappiness?: string;
  memswap_limit?: string;
  network_mode?: string;
  models?: Record<string, {
    endpoint_var?: string;
    model_var?: string;
  } | null>;
  networks?: Record<string, EndpointModel | null>;
  oom_kill_disable?: boolean;
  oom_score_adj?: number;
  pid?: string;
  pids_limit?: number;
  platform?: string;
  ports?: PortModel[];
  post_start?: HookModel[];
  pre_stop?: HookModel[];
  privileged?: boolean;
  profiles?: string[];
  pull_policy?: string;
  read_only?: boolean;
  restart?: string;
  runtime?: string;
  scale?: number;
  security_opt?: string[];
  shm_size?: string;
  secrets?: FileMountModel[];
  sysctls?: Record<string, string>;
  stdin_open?: boolean;
  stop_grace_period?: string;
  stop_signal?: string;
  storage_opt?: Record<string, string>;
  tmpfs?: string[];
  tty?: boolean;
  ulimits?: Record<string, number | { soft?: number; hard?: number }>;
  use_api_socket?: boolean;
  user?: string;
  uts?: string;
  userns_mode?: string;
  volumes?: MountModel[];
  volumes_from?: string[];
  working_dir?: string;
};

export type NetworkModel = {
  name?: string;
  driver?: string;
  driver_opts?: Record<string, string>;
  ipam?: {
    driver?: string;
    config?: {
      subnet?: string;
      ip_range?: string;
      gateway?: string;
      aux_addresses?: Record<string, string>;
    }[];
  };
  external?: boolean;
  internal?: boolean;
  enable_ipv4?: boolean;
  enable_ipv6?: boolean;
  attachable?: boolean;
  labels?: Record<string, string>;
};

export type VolumeModel = {
  name?: string;
  driver?: string;
  driver_opts?: Record<string, string>;
  external?: boolean;
  labels?: Record<string, string>;
};

export type ConfigModel = {
  name?: string;
  environment?: string;
  file?: string;
  external?: boolean;
  labels?: Record<string, string>;
  template_driver?: string;
  content?: string;
};

export type SecretModel = {
  name?: string;
  environment?: string;
  file?: string;
  external?: boolean;
  labels?: Record<string, string>;
  template_driver?: string;
  driver?: string;
  driver_opts?: Record<string, string>;
};
