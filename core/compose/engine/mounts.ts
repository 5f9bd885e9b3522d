/** Where things are mounted. Source: moby, volume/mounts/linux_parser.go; moby/sys/mount, MergeTmpfsOptions; Linux, mm/shmem.c. */
import { type Path, printable } from '../value/fault.ts';
import type { FileMountModel, MountModel } from '../value/model.ts';
import type { AskedService, ServiceRule } from './rule.ts';

type Refuse = AskedService['refuse'];

/** `/a/../b/` → `/b`: how the engine compares targets. */
function cleanTarget(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** @param source of a volume, where it has one */
function checkTarget(target: string | undefined, keys: Path, refuse: Refuse, source = ''): void {
  if (target === undefined || target === '') {
    refuse(keys, 'the mount has no target');
    return;
  }
  // The engine takes Windows' separator for its own.
  const path = target.replaceAll('\\', '/');
  const shown = `target \`${printable(target)}\``;
  // Compose takes one letter before a colon for a drive of Windows.
  const isDrive = [path, source].some(text => /^[a-z]:/i.test(text));
  const hint = isDrive ? 'give the volume a name of two letters or more' : 'begin it with `/`';
  if (!path.startsWith('/')) refuse(keys, `${shown} is no absolute path: ${hint}`);
  else if (cleanTarget(path) === '/') refuse(keys, `${shown} is the root of the container`);
}

const propagations = new Set(['', 'private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared']);

function checkSource(volume: MountModel, keys: Path, refuse: Refuse): void {
  const { type, source = '', read_only: readOnly, bind } = volume;
  if (source === '' && (type === 'bind' || type === 'image'))
    refuse(keys, `a mount of type \`${type}\` needs a \`source\``);
  if (type === 'volume' && source === '' && readOnly === true)
    refuse([...keys, 'read_only'], 'a volume without a name is empty: it cannot be read-only');
  const propagation = bind?.propagation ?? '';
  if (type === 'bind' && !propagations.has(propagation))
    refuse([...keys, 'bind', 'propagation'], `\`${printable(propagation)}\` is no propagation of mounts`);
}

export const volumeMounts: ServiceRule = ({ service, refuse }) => {
  for (const [index, volume] of (service.volumes ?? []).entries()) {
    const keys = ['volumes', index];
    const at = volume.target === undefined ? keys : [...keys, 'target'];
    checkTarget(volume.target, at, refuse, volume.source);
    checkSource(volume, keys, refuse);
  }
};

const size = /^(0x[0-9a-f]+|\d+)[kmgtpe]?%?$/i;
const tmpfsValues: Readonly<Record<string, RegExp>> = {
  size,
  nr_blocks: size,
  nr_inodes: size,
  mode: /^[0-7]+$/,
  uid: /^\d+$/,
  gid: /^\d+$/,
};
const tmpfsFlags = new Set(
  (
    'acl noacl defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime ' +
    'nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime ' +
    'strictatime nostrictatime'
  ).split(' '),
);

function checkTmpfsOption(option: string, keys: Path, refuse: Refuse): void {
  const [name = '', value] = option.split(/=(.*)/s);
  if (value === undefined ? tmpfsFlags.has(name) : name === 'mpol') return;
  const known = Object.hasOwn(tmpfsValues, name) ? tmpfsValues[name] : undefined;
  if (value !== undefined && known?.test(value) === true) return;
  const what = known === undefined ? 'no option' : 'no value of an option';
  refuse(keys, `\`${printable(option)}\` is ${what} of a tmpfs`);
}

/** `target:options` */
export const tmpfsTargets: ServiceRule = ({ service, refuse }) => {
  for (const [index, text] of (service.tmpfs ?? []).entries()) {
    const keys = ['tmpfs', index];
    const [target = '', options = ''] = text.split(/:(.*)/s);
    checkTarget(target, keys, refuse);
    for (const option of options.split(',')) if (option !== '') checkTmpfsOption(option, keys, refuse);
  }
};

/** Where a config or secret is put, as a device does it. */
function fileTarget(kind: 'configs' | 'secrets', { source = '', target = source }: FileMountModel): string {
  if (target.startsWith('/')) return target;
  return `${kind === 'configs' ? '/' : '/run/secrets/'}${target}`;
}

/** Two mounts at one place; of two volumes the loader has said so. */
export const fileTargets: ServiceRule = ({ service, refuse }) => {
  const taken = new Map<string, string>();
  for (const { target = '' } of service.volumes ?? []) taken.set(cleanTarget(target), 'a volume');
  for (const kind of ['configs', 'secrets'] as const) {
    for (const [index, file] of (service[kind] ?? []).entries()) {
      const keys = [kind, index, ...(file.target === undefined ? [] : ['target'])];
      const target = fileTarget(kind, file);
      const place = cleanTarget(target);
      const other = taken.get(place);
      if (place === '/') checkTarget('/', keys, refuse);
      else if (other !== undefined) refuse(keys, `\`${printable(place)}\` is the target of ${other} too`);
      taken.set(place, `the ${kind.slice(0, -1)} \`${printable(file.source ?? '')}\``);
    }
  }
};
