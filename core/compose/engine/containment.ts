/** What keeps a container apart. Source: moby, oci/caps, daemon/daemon_unix.go parseSecurityOpt; runc, libcontainer/configs/validate. */
import { suggestion } from '../../nearest.ts';
import { printable } from '../value/fault.ts';
import type { ServiceRule } from './rule.ts';

const capabilityNames =
  'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'.split(
    ' ',
  );

/** Of one attribute: each compares a name with all that there are. */
const maxSuggestions = 5;

const meant = (name: string, known: readonly string[], index: number): string =>
  index < maxSuggestions ? suggestion(name, known) : '';

export const capabilities: ServiceRule = ({ service, refuse }) => {
  for (const key of ['cap_add', 'cap_drop'] as const) {
    for (const [index, capability] of (service[key] ?? []).entries()) {
      const name = capability.toUpperCase().replace(/^CAP_/, '');
      if (capabilityNames.includes(name)) continue;
      refuse(
        [key, index],
        `there is no capability \`${printable(capability)}\`${meant(name, capabilityNames, index)}`,
      );
    }
  }
};

const limitNames =
  'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  );
/** The most that `fs.nr_open` of any kernel allows. */
const maxOpenFiles = 2_147_483_584;

/** -1 stands for no limit. */
const amount = (limit: number): number => (limit === -1 ? Number.POSITIVE_INFINITY : limit);

export const limitsOfProcesses: ServiceRule = ({ service, refuse }) => {
  for (const [index, [name, limit]] of Object.entries(service.ulimits ?? {}).entries()) {
    const { soft = 0, hard = soft } = typeof limit === 'number' ? { soft: limit } : limit;
    const short = name.toLowerCase();
    if (!limitNames.includes(short)) {
      refuse(['ulimits', name], `there is no limit \`${printable(name)}\`${meant(short, limitNames, index)}`);
    } else if (amount(soft) > amount(hard)) refuse(['ulimits', name], '`soft` is more than `hard`');
    else if (short === 'nofile' && amount(hard) > maxOpenFiles)
      refuse(['ulimits', name], 'no kernel allows that many open files');
  }
};

const ofIpc = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\..*)$/;

/** Of a namespace that the container shares with the host it cannot set any. Another runtime may know more. */
export const sysctls: ServiceRule = ({ service, refuse }) => {
  if (service.runtime !== undefined) return;
  for (const name of Object.keys(service.sysctls ?? {})) {
    const plain = name.replaceAll('/', '.');
    const shown = `\`${printable(name)}\``;
    if (plain.startsWith('net.')) {
      if (service.network_mode === 'host')
        refuse(['sysctls', name], `${shown} is the host’s: \`network_mode: host\` shares its network`);
    } else if (ofIpc.test(plain)) {
      if (service.ipc === 'host')
        refuse(['sysctls', name], `${shown} is the host’s: \`ipc: host\` shares it`);
    } else if (plain !== 'kernel.domainname' && !plain.startsWith('user.')) {
      refuse(['sysctls', name], `${shown} is of the whole kernel: no container has one of its own`);
    }
  }
};

const securityForm =
  /^(disable|systempaths=unconfined|no-new-privileges([=:](1|t|T|TRUE|true|True|0|f|F|FALSE|false|False))?|writable-cgroups=(true|false)|(label|apparmor|seccomp)[=:].+)$/s;

export const securityOptions: ServiceRule = ({ service, refuse }) => {
  for (const [index, option] of (service.security_opt ?? []).entries()) {
    if (!securityForm.test(option))
      refuse(['security_opt', index], `\`${printable(option)}\` is no security option`);
  }
};

/** `vendor.com/class=name`: a device of the Container Device Interface. */
const cdiName = /^[A-Za-z][\w.-]*\/[A-Za-z0-9][\w.-]*=[\w.:-]+$/;

export const devices: ServiceRule = ({ service, refuse }) => {
  for (const [index, { source = '', target = source }] of (service.devices ?? []).entries()) {
    if (cdiName.test(source)) continue;
    const keys = ['devices', index];
    for (const path of new Set([source, target])) {
      if (!path.startsWith('/'))
        refuse(keys, `\`${printable(path)}\` is no path of a device: begin it with \`/\``);
    }
  }
};
