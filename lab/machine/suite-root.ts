/**
 * Programs of a Debian suite that do not run with this machine's libraries: unpacked with all that they need into a folder that is
 * their root. Nothing is installed, and what conflicts lies side by side.
 */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite, type Suite } from './debian-suite.ts';

/** In a mount namespace of its own, which ends with it: folders of this machine that programs share, the rest is the root's. */
const enter = `root=$1; shift
mount --bind "$root" "$root"
for each in proc sys dev run tmp; do
  mkdir -p "$root/$each"
  mount --rbind "/$each" "$root/$each"
done
cd "$root" && mkdir -p .old && pivot_root . .old && umount -l /.old && exec "$@"`;

/**
 * @param cacheName of the folder in the cache; one for each set of packages
 * @returns the root's absolute path
 * @throws Error where the packages cannot be had
 */
export function suiteRoot(suite: Suite, cacheName: string, packages: readonly string[]): string {
  return cachedFolder(cacheName, (made, scratch) => {
    // Packages of bookworm have files in both, and bring folders of their own.
    for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
      mkdirSync(path.join(made, 'usr', name), { recursive: true });
      symlinkSync(`usr/${name}`, path.join(made, name));
    }
    new DebianSuite(suite, scratch).unpackWithNeeds(['busybox-static', ...packages], made);
    // What scripts of packages would make.
    for (const [name, target] of [
      ['bin/sh', 'busybox'],
      ['bin/umount', 'busybox'],
      ['usr/sbin/iptables', 'iptables-nft'],
      ['usr/sbin/ip6tables', 'ip6tables-nft'],
    ] as const)
      if (!existsSync(path.join(made, name))) symlinkSync(target, path.join(made, name));
    for (const name of ['etc', 'root', 'var/tmp']) mkdirSync(path.join(made, name), { recursive: true });
    writeFileSync(path.join(made, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(path.join(made, 'etc/group'), 'root:x:0:\n');
    writeFileSync(path.join(made, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
  });
}

/** The command with this folder as its root; /proc, /sys, /dev, /run and /tmp are the machine's. */
export function insideRoot(root: string, command: readonly string[]): string[] {
  const unshare = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh'];
  return [...unshare, root, ...command];
}
