/** How full the disks are, and of inodes: by node-exporter's names. */
import { statfs } from 'node:fs/promises';
import { gauge, type Sample } from '../series/sample.ts';
import type { Mount } from './mounts.ts';

/** Pushed one by one: where a disk hangs, those before it are known. */
export async function fileSystems(mounts: readonly Mount[], push: (sample: Sample) => void): Promise<void> {
  for (const { device, mountpoint, type } of mounts) {
    const found = await statfs(mountpoint).catch(() => undefined);
    if (found === undefined || found.blocks === 0) continue;
    const { bsize, blocks, bfree, bavail, files, ffree } = found;
    const labels = { device, fstype: type, mountpoint };
    push(gauge('node_filesystem_size_bytes', blocks * bsize, labels));
    push(gauge('node_filesystem_free_bytes', bfree * bsize, labels));
    push(gauge('node_filesystem_avail_bytes', bavail * bsize, labels));
    // Some have no inodes to count, such as btrfs and vfat.
    if (files === 0) continue;
    push(gauge('node_filesystem_files', files, labels));
    push(gauge('node_filesystem_files_free', ffree, labels));
  }
}
