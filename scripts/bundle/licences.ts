/** The licences of everything that went into the bundles. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly licenses?: readonly { readonly type?: string }[];
}

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says it. */
  readonly licence: string;
  /** Of its archive, as package-lock.json has it. */
  readonly integrity?: string;
}

const line = '-'.repeat(80);

/** `node_modules/a/lib/b.js`, `node_modules/@scope/a/b.js` → the package's folder. Nested ones count for themselves. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

const licenceName = (about: PackageFile): string | undefined =>
  about.license ?? about.licenses?.map(({ type }) => type).join(' or ');

/** @throws Error for a package that says under no licence */
function entry(root: string, folder: string): string {
  const full = path.join(root, folder);
  const about = JSON.parse(readFileSync(path.join(full, 'package.json'), 'utf8')) as PackageFile;
  const file = readdirSync(full).find(name => /^(licen[cs]e|copying)/i.test(name));
  const name = licenceName(about);
  if (file === undefined && name === undefined) throw new Error(`${folder} says under no licence`);
  const text = file === undefined ? '' : readFileSync(path.join(full, file), 'utf8').trim();
  return `${about.name} ${about.version} (${name ?? 'see below'})\n\n${text}\n`;
}

/** LGPL 3, section 4: the notice, both licences, where the source is, and that the library may be replaced. */
function openpgpNotice(root: string): string {
  const file = path.join(root, 'node_modules/openpgp/package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  return `The programs use OpenPGP.js ${version}, which is under the GNU Lesser General Public License, version 3 or later. It lies
beside them as openpgp.mjs, unchanged as its authors publish it (openpgp ${version} on npm, dist/node/openpgp.min.mjs),
and may be replaced by a changed one with the same interface. Its source:
https://github.com/openpgpjs/openpgpjs/tree/v${version}
The GNU Lesser General Public License stands below under openpgp, the GNU General Public License at the end.
`;
}

const foldersOf = (inputs: ReadonlySet<string>): string[] =>
  [...new Set([...inputs].map(packageFolder).filter(folder => folder !== undefined))].sort();

/** What went in, each version once. @param inputs paths, relative to `root` */
export function bundledPackages(root: string, inputs: ReadonlySet<string>): BundledPackage[] {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return foldersOf(inputs).map(folder => {
    const about = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as PackageFile;
    const integrity: unknown = lock.packages[folder]?.integrity;
    const { name = '', version = '' } = about;
    return {
      ...{ name, version, licence: licenceName(about) ?? 'see its licence' },
      ...(typeof integrity === 'string' ? { integrity } : {}),
    };
  });
}

/** @param inputs the paths that went in, relative to `root`. */
export function licences(root: string, inputs: ReadonlySet<string>): string {
  const entries = foldersOf(inputs).map(folder => entry(root, folder));
  const gpl = readFileSync(path.join(import.meta.dirname, 'GPL-3.0.txt'), 'utf8');
  return [
    `Towline is under the Apache License 2.0, see LICENSE. What is installed contains what is listed here.\n\n${openpgpNotice(root)}`,
    ...entries,
    gpl,
  ].join(`\n${line}\n\n`);
}
