/** Which file systems are asked how full they are: those on this machine's own disks, each once. */

export interface Mount {
  /** What is mounted, such as `/dev/sda1`. */
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
}

/**
 * Only these: one of another machine (NFS, SMB, FUSE) may hang for ever where that is away, and one of memory is no disk.
 * What is always full (squashfs, erofs) says nothing.
 */
const diskTypes: ReadonlySet<string> = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'zfs', 'bcachefs', 'jfs', 'nilfs2'],
  ...['vfat', 'exfat', 'ntfs3', 'ubifs', 'jffs2'],
]);
const maxMounts = 16;

/** /proc/self/mountinfo (proc_pid_mountinfo(5)): `id parent major:minor root mountpoint options … - type source …`. */
export function readMounts(text: string): Mount[] {
  const found = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const [, , number, , path] = words;
    const [type, source] = dash === -1 ? [] : words.slice(dash + 1);
    if (number === undefined || path === undefined || type === undefined || source === undefined) continue;
    const mountpoint = plain(path);
    if (!diskTypes.has(type) && !(mountpoint === '/' && type === 'overlay')) continue;
    // The same disk again: a bind mount, or the agent's own view of it. The shortest path is the one that people know.
    const before = found.get(number);
    if (before === undefined || mountpoint.length < before.mountpoint.length)
      found.set(number, { device: plain(source), mountpoint, type });
  }
  return [...found.values()].slice(0, maxMounts);
}

/** Spaces and the like are written as three octal digits. */
function plain(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
