/** One .deb by dpkg-deb: the same files give the same bytes. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lutimesSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireCommands } from '../../lab/machine/packages.ts';
import type { PartFile } from './part-archive.ts';

export interface DebFile extends Partial<PartFile> {
  /** A symbolic link's target, in place of bytes. */
  readonly link?: string;
}

export interface Deb {
  readonly name: string;
  readonly version: string;
  /** Of Debian, `all` too. */
  readonly architecture: string;
  /** Besides Package, Version, Architecture, Maintainer and Installed-Size, in their order. */
  readonly control: readonly (readonly [field: string, value: string])[];
  /** Path from the root, without `/` before it → file. */
  readonly files: ReadonlyMap<string, DebFile>;
  /** Folders that are empty. */
  readonly folders: readonly string[];
  /** `postinst`, … */
  readonly scripts: ReadonlyMap<string, Uint8Array>;
}

/** A name that reaches nobody: who publishes packages of their own says who they are (docs/guides/release-process.md). */
export const maintainer = process.env.TOWLINE_MAINTAINER ?? 'The Towline authors <towline@example.org>';

/** Every folder on the way, and what lies in it, has the mode and the time that it should have. */
function settle(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) settle(place, seconds);
    else lutimesSync(place, seconds, seconds);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, seconds, seconds);
}

function place(root: string, name: string, file: DebFile): void {
  const at = path.join(root, name);
  mkdirSync(path.dirname(at), { recursive: true });
  if (file.link !== undefined) {
    symlinkSync(file.link, at);
    return;
  }
  writeFileSync(at, file.bytes ?? '');
  chmodSync(at, file.executable === true ? 0o755 : 0o644);
}

/** The paragraph of a package, as it and lists of packages have it. */
export function controlOf(deb: Deb): string {
  // As dpkg-gencontrol counts: files rounded up, folders as one each, kilobytes.
  const sizes = [...deb.files.values()].map(({ bytes }) => Math.ceil((bytes?.length ?? 0) / 1024));
  const fields = [
    ['Package', deb.name],
    ['Version', deb.version],
    ['Architecture', deb.architecture],
    ['Maintainer', maintainer],
    ['Installed-Size', String(sizes.reduce((sum, size) => sum + size, deb.folders.length))],
    ...deb.control,
  ];
  return `${fields.map(([field, value]) => `${field}: ${value}`).join('\n')}\n`;
}

function sums(files: Deb['files']): string {
  const lines = [...files].flatMap(([name, { bytes }]) =>
    bytes === undefined ? [] : [`${createHash('md5').update(bytes).digest('hex')}  ${name}\n`],
  );
  return lines.sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1)).join('');
}

export interface DebOptions {
  /** Takes it, and while it is made the files that are in it. */
  readonly folder: string;
  /** The time of everything in it. */
  readonly epochSeconds: number;
  /** Of compression, 0 to 9. */
  readonly level: number;
}

/** @returns its path */
export function makeDeb(deb: Deb, { folder, epochSeconds, level }: DebOptions): string {
  requireCommands(['dpkg-deb']);
  const root = path.join(folder, `.${deb.name}-${deb.architecture}`);
  const file = path.join(folder, `${deb.name}_${deb.version}_${deb.architecture}.deb`);
  rmSync(root, { recursive: true, force: true });
  try {
    for (const name of deb.folders) mkdirSync(path.join(root, name), { recursive: true });
    for (const [name, content] of deb.files) place(root, name, content);
    place(root, 'DEBIAN/control', { bytes: Buffer.from(controlOf(deb)) });
    place(root, 'DEBIAN/md5sums', { bytes: Buffer.from(sums(deb.files)) });
    for (const [name, bytes] of deb.scripts) place(root, `DEBIAN/${name}`, { bytes, executable: true });
    settle(root, epochSeconds);
    // One thread: how many a machine has must not show.
    const words = ['--root-owner-group', '-Zxz', `-z${level}`, '--threads-max=1', '--build', root, file];
    const built = spawnSync('dpkg-deb', words, {
      encoding: 'utf8',
      env: { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds), LC_ALL: 'C.UTF-8' },
    });
    if (built.status !== 0) throw new Error(`dpkg-deb: ${built.error?.message ?? built.stderr}`);
    return file;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
