/** All that is published of one commit, in one folder: docs/guides/release-process.md. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tarArchive } from '../../lab/machine/tar.ts';
import { type BundledPackage, bundledPackages } from '../bundle/licences.ts';
import { bundle } from '../bundle.ts';
import { addon, addonName } from './addon.ts';
import { type MadeDeb, makeAptRepository } from './apt-repository.ts';
import { type Architecture, targets } from './architecture.ts';
import { bill } from './bill.ts';
import { makeDeb } from './deb.ts';
import { debianPackages } from './debian-packages.ts';
import { gatewayImage, imageDebian } from './gateway-image.ts';
import { nodeVersion, shipsNode } from './node-runtime.ts';
import { gatewayFiles } from './part-files.ts';
import { type MadeParts, makeParts, type PartsOptions, versionFiles } from './parts.ts';
import type { Signer } from './signer.ts';
import { helperDebian, helperOf } from './volume-image.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface ReleaseOptions {
  readonly architectures: readonly Architecture[];
  /** Takes it all; what was there before is removed. */
  readonly folder: string;
  /** For what is made on the way; the caller removes it. */
  readonly scratch: string;
  readonly onlyParts: boolean;
  /** To try them: packages are larger, and made in a sixth of the time. */
  readonly fast: boolean;
  readonly commit: string;
  /** When it was committed. */
  readonly epochSeconds: number;
  readonly signer: Signer | undefined;
  /** Hears of each file that was made. */
  readonly say: (file: string) => void;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

class Release {
  readonly #options: ReleaseOptions;
  readonly #parts: PartsOptions;
  #packages: readonly BundledPackage[] = [];

  constructor(options: ReleaseOptions) {
    this.#options = options;
    const { folder, architectures, scratch } = options;
    const addons = new Map<Architecture, ReadonlyMap<string, Uint8Array>>();
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    this.#parts = {
      ...{
        dist: path.join(scratch, 'dist'),
        folder,
        version,
        architectures,
        gateway: true,
        helper: helperOf,
      },
      addon: architecture => {
        const known = addons.get(architecture);
        if (known !== undefined) return known;
        const bytes = addon(architecture, scratch);
        const made = new Map(bytes === undefined ? [] : [[addonName(architecture), bytes]]);
        addons.set(architecture, made);
        return made;
      },
    };
  }

  async make(): Promise<void> {
    const { folder, onlyParts, architectures, epochSeconds, signer } = this.#options;
    await bundle(this.#parts.dist, inputs => {
      this.#packages = bundledPackages(root, inputs);
    });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const made = makeParts(this.#parts);
    this.#options.say(made.file);
    if (onlyParts) return;
    for (const architecture of architectures) this.#tar(made, architecture);
    const debs = architectures.flatMap(architecture => this.#debs(architecture));
    for (const architecture of architectures.filter(shipsNode)) this.#image(architecture, debs);
    makeAptRepository(path.join(folder, 'apt'), debs, epochSeconds, signer);
    this.#bill();
    this.#sums();
  }

  #write(name: string, bytes: Uint8Array | string): void {
    const file = path.join(this.#options.folder, name);
    writeFileSync(file, bytes);
    this.#options.say(file);
  }

  /** For Linux that is not Debian: the install script, and the parts that it takes from the folder it lies in. */
  #tar({ version, platforms }: MadeParts, architecture: Architecture): void {
    const { platform } = targets[architecture];
    const { folder } = this.#options;
    const name = `towline-${version}`;
    const script = readFileSync(path.join(folder, 'install.sh'));
    const rows = script.toString('utf8').matchAll(/^(\S+) [a-z]+ ([0-9a-f]{64}) \d+$/gm);
    const parts = [...rows].flatMap(([, of, digest = '']) => (of === platform ? [digest] : []));
    if (parts.length < (platforms[platform]?.parts.length ?? 0))
      throw new Error(`install.sh has not all parts of ${platform}`);
    const entries = parts.sort().map(digest => ({
      path: `${name}/parts/${digest}`,
      bytes: readFileSync(path.join(folder, 'parts', digest)),
    }));
    const tar = tarArchive([{ path: `${name}/install.sh`, bytes: script, mode: 0o755 }, ...entries]);
    this.#write(`towline_${version}_${platform.replaceAll('/', '-')}.tar`, tar);
  }

  #debs(architecture: Architecture): MadeDeb[] {
    const { folder, epochSeconds, fast } = this.#options;
    const { node, agent, helper = new Map() } = versionFiles(this.#parts, architecture);
    const gateway = gatewayFiles(this.#parts.dist);
    const { version } = this.#parts;
    return debianPackages({ architecture, version, epochSeconds, node, agent, helper, gateway }).map(deb => {
      const file = makeDeb(deb, { folder, epochSeconds, level: fast ? 0 : 6 });
      this.#options.say(file);
      return { deb, file };
    });
  }

  #image(architecture: Architecture, debs: readonly MadeDeb[]): void {
    const { commit, epochSeconds } = this.#options;
    const { version } = this.#parts;
    const own = debs.map(({ deb }) => deb).filter(deb => deb.architecture === architecture);
    const programs = own.filter(({ name }) => name !== 'towline-agent');
    const image = gatewayImage({ architecture, version, commit, epochSeconds, debs: programs });
    this.#write(`towline-gateway-image_${version}_${architecture}.tar`, image);
  }

  #bill(): void {
    const { architectures, commit, epochSeconds } = this.#options;
    const { version } = this.#parts;
    const debian = architectures.flatMap(architecture => [
      { architecture, packages: helperDebian(architecture).packages },
      ...(shipsNode(architecture) ? [{ architecture, packages: imageDebian(architecture).packages }] : []),
    ]);
    const packages = this.#packages;
    const files = this.#files().map(name => ({ name, sha256: this.#sum(name) }));
    const whole = bill({ version, commit, epochSeconds, packages, node: nodeVersion(), debian, files });
    this.#write(`towline_${version}.cdx.json`, whole);
  }

  readonly #sum = (name: string): string => sha256(readFileSync(path.join(this.#options.folder, name)));

  /** What is published, but what signs it. */
  #files(): string[] {
    const { folder } = this.#options;
    const names = readdirSync(folder).filter(name => statSync(path.join(folder, name)).isFile());
    const parts = readdirSync(path.join(folder, 'parts')).map(name => `parts/${name}`);
    return [...names, ...parts].sort();
  }

  #sums(): void {
    const { folder, signer } = this.#options;
    const lines = this.#files().map(name => `${this.#sum(name)}  ${name}\n`);
    this.#write('SHA256SUMS', lines.join(''));
    signer?.detachedSignature(path.join(folder, 'SHA256SUMS'), path.join(folder, 'SHA256SUMS.asc'));
  }
}

/** @throws Error with what is missing on this machine, or what a program said */
export const makeRelease = (options: ReleaseOptions): Promise<void> => new Release(options).make();
