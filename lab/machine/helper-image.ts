/**
 * The image in which an agent reads and writes volumes: Debian's tar, zstd, restic and ssh with their libraries, and a
 * shell of busybox, on nothing. The same packages give the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { findCommand, requireCommands } from './packages.ts';
import { type TarEntry, tarArchive } from './tar.ts';

/** Debian packages of the same names bring them, but ssh: openssh-client. */
export const helperPrograms = ['tar', 'zstd', 'restic', 'ssh'] as const;
const applets = ['sh', 'awk', 'cat', 'du', 'find', 'ls', 'mkdir', 'mv', 'rm', 'rmdir', 'sleep', 'stat', 'wc'];
/** Of the engine's `architecture` for an image. */
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };
const fileName = 'helper.tar';

function run(command: string, parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${stderr}`);
  return stdout;
}

function commandFile(name: string): string {
  const file = findCommand(name);
  if (file === undefined) throw new Error(`missing on this machine: ${name}`);
  return realpathSync(file);
}

/** Absolute paths, as the program's loader looks for them. */
function librariesOf(file: string): string[] {
  return [...run('ldd', [file]).matchAll(/(?:=> |^\t)(\/\S+) \(0x/gm)].map(([, library = '']) => library);
}

/** Debian packages that the files come from, sorted. One question for all: each reads the lists of all packages. */
function packagesOf(files: Iterable<string>): string[] {
  // Debian's list has files of a merged /usr where they were before.
  const places = [...files].map(file => [file, realpathSync(file), file.replace(/^\/usr\//, '/')]);
  const { stdout } = spawnSync('dpkg-query', ['-S', ...new Set(places.flat())], { encoding: 'utf8' });
  const owners = new Map(
    stdout.split('\n').map(line => [line.split(': ')[1] ?? '', line.split(/[:,]/)[0] ?? '']),
  );
  const names = places.map(([file = '', ...others]) => {
    const owner = [file, ...others].map(place => owners.get(place)).find(name => name !== undefined);
    if (owner === undefined) throw new Error(`no Debian package has ${file}`);
    return owner;
  });
  return [...new Set(names)].sort();
}

export interface HelperParts {
  /** Of the engine's `architecture`. */
  readonly architecture: string;
  /** Path in the image → file of this machine. */
  readonly files: ReadonlyMap<string, string>;
  /** A line for each Debian package: name and version. */
  readonly packages: readonly string[];
  /** Of a package of that name, if there is one. */
  readonly copyright: (name: string) => Buffer | undefined;
}

function layerOf({ files, packages, copyright }: HelperParts): Buffer {
  const entries: TarEntry[] = [...files].map(([at, file]) => ({
    path: at.slice(1),
    mode: 0o755,
    bytes: readFileSync(file),
  }));
  const copyrights = packages.flatMap(line => {
    const name = line.split(' ')[0] ?? '';
    const bytes = copyright(name);
    return bytes === undefined ? [] : [{ path: `usr/share/doc/${name}/copyright`, bytes }];
  });
  return tarArchive([
    ...entries,
    ...applets.map(applet => ({ path: `bin/${applet}`, link: 'busybox' })),
    { path: 'etc/passwd', bytes: 'root:x:0:0:root:/:/bin/sh\n' },
    { path: 'etc/group', bytes: 'root:x:0:\n' },
    { path: 'usr/share/doc/packages', bytes: `${packages.join('\n')}\n` },
    ...copyrights,
  ]);
}

const versionsOf = (packages: readonly string[]): string[] =>
  run('dpkg-query', ['-W', '-f', `\${Package} \${Version}\\n`, ...packages])
    .trim()
    .split('\n');

function ownCopyright(name: string): Buffer | undefined {
  const file = `/usr/share/doc/${name}/copyright`;
  return existsSync(file) ? readFileSync(file) : undefined;
}

const digest = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** As `docker save` has it: the manifest stands first, so that a reader of its first block knows the image. */
export function helperArchive(parts: HelperParts): Buffer {
  const layer = layerOf(parts);
  const config = JSON.stringify({
    architecture: parts.architecture,
    config: { Env: ['PATH=/bin'] },
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest(layer)}`] },
  });
  const id = digest(config);
  const manifest = [
    {
      Config: `${id}.json`,
      RepoTags: [`localhost/towline-helper:${id.slice(0, 16)}`],
      Layers: ['layer.tar'],
    },
  ];
  return tarArchive([
    { path: 'manifest.json', bytes: JSON.stringify(manifest) },
    { path: `${id}.json`, bytes: config },
    { path: 'layer.tar', bytes: layer },
  ]);
}

/** Path in the image → file of this machine. */
function helperFiles(): Map<string, string> {
  requireCommands([...helperPrograms, 'busybox']);
  const files = new Map<string, string>([['/bin/busybox', commandFile('busybox')]]);
  for (const name of helperPrograms) {
    const program = commandFile(name);
    files.set(`/bin/${name}`, program);
    for (const library of librariesOf(program)) files.set(library, library);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param file that the archive is written to. @returns bytes of the archive */
export function makeHelperImage(file: string): number {
  const files = helperFiles();
  const archive = helperArchive({
    architecture: architectures[process.arch] ?? process.arch,
    files,
    packages: versionsOf(packagesOf(files.values())),
    copyright: ownCopyright,
  });
  writeFileSync(file, archive);
  return archive.length;
}

/** For tests and benches: made once of what this machine has, and again when it has others. @returns path of the archive */
export function helperImage(): string {
  requireCommands([...helperPrograms, 'busybox']);
  const files = [...helperPrograms, 'busybox'].map(commandFile);
  const stamps = files.map(file => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`);
  const made = [readFileSync(import.meta.filename, 'utf8'), ...stamps];
  const name = `helper-${digest(made.join('\n')).slice(0, 16)}`;
  const folder = cachedFolder(name, into => {
    makeHelperImage(path.join(into, fileName));
  });
  return path.join(folder, fileName);
}
