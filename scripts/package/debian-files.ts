/**
 * Files of Debian's packages, of any architecture, and of them what a program needs to run: of that images are made. Nothing is
 * installed, and nothing of it runs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../../lab/machine/cached-folder.ts';
import { DebianSuite } from '../../lab/machine/debian-suite.ts';
import { requireCommands } from '../../lab/machine/packages.ts';
import { type Architecture, targets } from './architecture.ts';

/** Whatever the machine is that builds. */
const suite = 'bookworm';
const listName = 'archives';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

export class DebianFiles {
  readonly architecture: Architecture;
  readonly #root: string;

  /** @throws Error where they cannot be had */
  constructor(architecture: Architecture, packages: readonly string[]) {
    this.architecture = architecture;
    const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
    const name = `debian-${suite}-${architecture}-${digest}`;
    this.#root = path.join(
      cachedFolder(name, (made, scratch) => unpack(architecture, packages, made, scratch)),
      'root',
    );
  }

  /** Every package whose files lie here, sorted. */
  get packages(): DebianPackage[] {
    const names = readFileSync(path.join(this.#root, '..', listName), 'utf8')
      .trim()
      .split('\n');
    return names.map(archive => {
      const [name = '', version = ''] = archive.split('_');
      return { name, version: decodeURIComponent(version) };
    });
  }

  /** @param name path from the root. @returns where it lies here, links followed as they lead in an image */
  file(name: string, depth = 0): string {
    const found = this.#find(name);
    if (found === undefined || depth > 8) throw new Error(`no package brings ${name}`);
    const file = path.join(this.#root, found);
    if (!lstatSync(file).isSymbolicLink()) return file;
    return this.file(path.resolve(path.dirname(found), readlinkSync(file)), depth + 1);
  }

  /** Packages of this Debian have files below /usr and beside it, and a machine has one of the two for both. */
  #find(name: string): string | undefined {
    const places = [name, name.replace(/^\/usr\//, '/'), `/usr${name}`];
    return places.find(
      place => lstatSync(path.join(this.#root, place), { throwIfNoEntry: false }) !== undefined,
    );
  }

  /**
   * Programs with their loader and all libraries that they name, by where the loader looks for them.
   * @param programs paths from the root
   */
  closure(programs: readonly string[]): Map<string, string> {
    const found = new Map<string, string>();
    const add = (name: string): void => {
      if (found.has(name)) return;
      const file = this.file(name);
      found.set(name, file);
      for (const needed of this.#needs(file)) add(needed);
    };
    for (const program of programs) add(program);
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #needs(file: string): string[] {
    const words = ['--wide', '--dynamic', '--program-headers', file];
    const { status, stdout, stderr } = spawnSync('readelf', words, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (status !== 0) throw new Error(`readelf ${file}: ${stderr}`);
    const loader = /Requesting program interpreter: (\S+)\]/.exec(stdout)?.[1];
    const libraries = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = '']) =>
      this.#library(name),
    );
    return [...(loader === undefined ? [] : [loader]), ...libraries];
  }

  #library(name: string): string {
    const { triplet } = targets[this.architecture];
    // Loaders name themselves, and lie elsewhere on some.
    const places = [`/usr/lib/${triplet}/${name}`, `/usr/lib/${name}`, `/lib64/${name}`];
    const found = places.find(place => this.#find(place) !== undefined);
    if (found === undefined) throw new Error(`no package brings the library ${name}`);
    return found;
  }
}

function unpack(
  architecture: Architecture,
  packages: readonly string[],
  made: string,
  scratch: string,
): void {
  requireCommands(['readelf', 'dpkg']);
  const root = path.join(made, 'root');
  mkdirSync(root);
  const archives = new DebianSuite(suite, scratch, architecture).unpackWithNeeds(packages, root);
  writeFileSync(path.join(made, listName), `${archives.join('\n')}\n`);
}
