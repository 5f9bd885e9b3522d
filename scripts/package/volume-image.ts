/** The image that reads and writes volumes (lab/machine/helper-image.ts), for any architecture, of the packages of one Debian. */
import { readFileSync } from 'node:fs';
import { helperArchive, helperPrograms } from '../../lab/machine/helper-image.ts';
import type { Architecture } from './architecture.ts';
import { DebianFiles } from './debian-files.ts';

const packages = ['tar', 'zstd', 'restic', 'openssh-client', 'busybox-static'];

/** Debian's word → that of engines. */
const architectures: Readonly<Record<Architecture, string>> = {
  amd64: 'amd64',
  arm64: 'arm64',
  armhf: 'arm',
};

export const helperDebian = (architecture: Architecture): DebianFiles =>
  new DebianFiles(architecture, packages);

/** @throws Error where Debian's packages cannot be had */
export function helperOf(architecture: Architecture): Buffer {
  const debian = helperDebian(architecture);
  // Where programs lay before /usr was one: the image has no links.
  const files = new Map<string, string>();
  for (const name of helperPrograms) {
    for (const [at, file] of debian.closure([`/usr/bin/${name}`]))
      files.set(at.replace(/^\/usr\/bin\//, '/bin/').replace(/^\/usr\/lib\//, '/lib/'), file);
  }
  files.set('/bin/busybox', debian.file('/bin/busybox'));
  return helperArchive({
    architecture: architectures[architecture],
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    packages: debian.packages.map(({ name, version }) => `${name} ${version}`),
    copyright: name => {
      try {
        return readFileSync(debian.file(`/usr/share/doc/${name}/copyright`));
      } catch {
        return undefined;
      }
    },
  });
}
