/** Volumes: what their driver is told to mount. The engine hands type, device and flags to the kernel as they are. */
import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import { printable } from '../value/fault.ts';
import { type Judge, needs, type Refusal } from './finding.ts';
import { isDeviceAllowed, judgeHostPath } from './host-paths.ts';

/** What a volume is made of, in a model or on an engine. */
export interface VolumeForm {
  readonly driver: string;
  readonly options: readonly (readonly [string, string])[];
}

const plainFlags = new Set(
  (
    'defaults ro rw exec noexec suid nosuid dev nodev sync async dirsync mand nomand atime noatime diratime ' +
    'nodiratime relatime norelatime strictatime nostrictatime'
  ).split(' '),
);
const bindFlags = new Set(['bind', 'rbind', 'private', 'rprivate', 'slave', 'rslave']);
/** Flags that make another mount of it, whatever the type says. */
const mountFlags = new Set([
  ...bindFlags,
  'remount',
  'move',
  'shared',
  'rshared',
  'unbindable',
  'runbindable',
]);
const tmpfsOption = /^(size|mode|uid|gid|nr_inodes|nr_blocks)=[0-9a-zA-Z%]+$/;
const diskOption =
  /^(uid|gid|umask|fmask|dmask|mode|errors|data|commit|iocharset|codepage|shortname|compress|subvol|subvolid)=[\w@.+-]+$|^(discard|utf8|barrier|nobarrier|nouuid|norecovery)$/;
const diskTypes = new Set(
  'ext2 ext3 ext4 xfs btrfs f2fs vfat exfat ntfs3 iso9660 udf squashfs erofs'.split(' '),
);

const words = (text: string): string[] => text.split(',').filter(word => word !== '');

/** Options of a tmpfs that stay within it. */
function isTmpfsOption(word: string): boolean {
  return plainFlags.has(word) || tmpfsOption.test(word);
}

const isDiskOption = (word: string) => plainFlags.has(word) || diskOption.test(word);

function unlessAll(
  flags: string[],
  isHarmless: (word: string) => boolean,
  allowance: EngineAllowance,
): Refusal[] {
  const odd = flags.find(word => !isHarmless(word));
  if (odd === undefined || allowance.privileged === true) return [];
  return [needs(`mount option \`${printable(odd)}\``, 'privileged', ['o'])];
}

function diskRefusals(device: string, allowance: EngineAllowance): Refusal[] {
  const name = `\`${printable(device)}\``;
  if (isDeviceAllowed(device, allowance)) return [];
  if (device.startsWith('/dev/')) return [needs(`${name} of a volume`, 'devices')];
  const message = `${name} is no path of a device: one of engine.devices would be`;
  return [{ code: 'COMPOSE_POLICY_REFUSED', message }];
}

function localVolume(
  options: ReadonlyMap<string, string>,
  allowance: EngineAllowance,
  folder: string,
): Refusal[] {
  const [type = '', device = '', flags = []] = [
    options.get('type'),
    options.get('device'),
    words(options.get('o') ?? ''),
  ];
  const at = (refusals: Refusal[]) => refusals.map(refusal => ({ ...refusal, keys: ['device'] }));
  const named = `a volume of type \`${printable(type)}\``;
  if (flags.includes('bind') || flags.includes('rbind') || ['', 'none', 'bind'].includes(type)) {
    if (device === '' && flags.length === 0) return [];
    const plain = ['', 'none', 'bind'].includes(type) || allowance.privileged === true;
    return [
      ...at(judgeHostPath(device, allowance, folder)),
      ...unlessAll(flags, word => plainFlags.has(word) || bindFlags.has(word), allowance),
      ...(plain ? [] : [needs(`a bind mount of type \`${printable(type)}\``, 'privileged', ['type'])]),
    ];
  }
  if (type === 'tmpfs' && /^\w*$/.test(device)) return unlessAll(flags, isTmpfsOption, allowance);
  if (diskTypes.has(type)) {
    const refusals = diskRefusals(device, allowance).map(refusal => ({ ...refusal, keys: ['device'] }));
    return [...refusals, ...unlessAll(flags, isDiskOption, allowance)];
  }
  const types: readonly string[] = ['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', '9p'];
  if (types.includes(type)) {
    const listed: readonly string[] = allowance.volumeTypes ?? [];
    const lacking = listed.includes(type) ? [] : [needs(named, 'volumeTypes', ['type'])];
    return [...lacking, ...unlessAll(flags, word => !mountFlags.has(word), allowance)];
  }
  return allowance.privileged === true ? [] : [needs(named, 'privileged', ['type'])];
}

/** @param folder the app's own folder, as `device` names it */
export function volumeRefusals(
  { driver, options }: VolumeForm,
  allowance: EngineAllowance,
  folder: string,
): Refusal[] {
  // What another driver does with its options is known to whoever has allowed it.
  if (driver !== '' && driver !== 'local') return [];
  const known = new Set(['type', 'device', 'o', 'size']);
  const odd = options.find(([name]) => !known.has(name));
  if (odd !== undefined && allowance.privileged !== true) {
    return [needs(`option \`${printable(odd[0])}\``, 'privileged', [odd[0]])];
  }
  return localVolume(new Map(options), allowance, folder);
}

export function volumeDriverRefusals(driver: string, allowance: EngineAllowance): Refusal[] {
  if (['', 'local', ...(allowance.volumeDrivers ?? [])].includes(driver)) return [];
  return [needs(`volume driver \`${printable(driver)}\``, 'volumeDrivers')];
}

export const volumeOptions: Judge = ({ options, entry, allowance, folder }) =>
  volumeRefusals({ driver: entry.driver ?? '', options }, allowance, folder);

export const volumeDriver: Judge = ({ text, allowance }) => volumeDriverRefusals(text, allowance);

/** `path:options` */
export const serviceTmpfs: Judge = ({ value, texts, allowance }) => {
  if (allowance.privileged === true) return [];
  return texts.flatMap((mount, index) => {
    const [, ...options] = mount.split(':');
    const odd = words(options.join(':')).find(word => !isTmpfsOption(word));
    if (odd === undefined) return [];
    return [needs(`mount option \`${printable(odd)}\``, 'privileged', Array.isArray(value) ? [index] : [])];
  });
};
