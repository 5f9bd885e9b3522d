/** Attributes that hand a container power over the device. */
import { posix } from 'node:path';
import { printable } from '../value/fault.ts';
import { isGiven } from '../value/json-access.ts';
import { type Judge, needs } from './finding.ts';

/** The capabilities that an engine gives without being asked. Source: moby, default capabilities. */
const engineCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Whatever is given needs `engine.privileged`. */
export const privilege: Judge = ({ value, path, allowance }) =>
  isGiven(value) && allowance.privileged !== true ? [needs(`\`${path.at(-1)}\``, 'privileged')] : [];

export const capabilities: Judge = ({ texts, allowance }) => {
  if (allowance.privileged === true) return [];
  return texts.flatMap((capability, index) => {
    const short = capability.toUpperCase().replace(/^CAP_/, '');
    return engineCapabilities.has(short)
      ? []
      : [needs(`capability \`${printable(capability)}\``, 'privileged', [index])];
  });
};

/** What makes a container safer is taken, what the engine does by itself is not undone. */
export const securityOptions: Judge = ({ texts, allowance }) => {
  if (allowance.privileged === true) return [];
  return texts.flatMap((option, index) =>
    /^no-new-privileges([:=]true)?$/.test(option)
      ? []
      : [needs(`\`${printable(option)}\``, 'privileged', [index])],
  );
};

/** Below zero the kernel ends processes of the host first. */
export const outOfMemoryScore: Judge = ({ value, text, allowance }) => {
  const score = Number(value);
  if (score >= 0 || allowance.privileged === true) return [];
  return [needs(`\`oom_score_adj: ${printable(text)}\``, 'privileged')];
};

/** Runtimes act on annotations that they know: properties of systemd, programs of the host. */
export const annotations: Judge = ({ options, allowance }) => {
  if (allowance.privileged === true) return [];
  return options
    .filter(([name]) => !/^org\.opencontainers\.image\.[a-z.]+$/.test(name))
    .map(([name]) => needs(`annotation \`${printable(name)}\``, 'privileged', [name]));
};

export const storageOptions: Judge = ({ options, allowance }) => {
  if (allowance.privileged === true) return [];
  return options
    .filter(([name]) => name !== 'size')
    .map(([name]) => needs(`storage option \`${printable(name)}\``, 'privileged', [name]));
};

/** The engine looks at the file: elsewhere than below /dev that would tell what is there. */
export const throttledDevice: Judge = ({ text, allowance }) => {
  const path = posix.normalize(text);
  if (path.startsWith('/dev/') || allowance.privileged === true) return [];
  return [needs(`\`${printable(text)}\`, which is no device,`, 'privileged')];
};

export const runtime: Judge = ({ text: name, allowance }) => {
  if (name === '' || (allowance.runtimes ?? []).includes(name)) return [];
  return [needs(`runtime \`${printable(name)}\``, 'runtimes')];
};

/** Sysctls that each network or IPC namespace has of its own. Source: runc, libcontainer/configs/validate. */
export const sysctls: Judge = ({ options, entry, allowance }) => {
  if (allowance.privileged === true) return [];
  const isShared = (mode: string) => mode === 'host' || mode.startsWith('container:');
  const network = !isShared(entry.network_mode ?? '');
  const ipc = !isShared(entry.ipc ?? '');
  const ofNetwork = /^net\.[\w.-]+(\/[\w.-]+)*$/;
  const ofIpc = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.\w+)$/;
  return options
    .filter(([name]) => !((network && ofNetwork.test(name)) || (ipc && ofIpc.test(name))))
    .map(([name]) => needs(`sysctl \`${printable(name)}\``, 'privileged', [name]));
};
