/** The licences of everything that went into the bundles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** `node_modules/a/lib/b.js`, `node_modules/@scope/a/b.js` → the package's folder. Nested ones count for themselves. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function entry(root: string, folder: string): string {
  const full = path.join(root, folder);
  const about = JSON.parse(readFileSync(path.join(full, 'package.json'), 'utf8')) as PackageFile;
  const file = readdirSync(full).find(name => /^(licen[cs]e|copying)/i.test(name));
  const text =
    file === undefined || !existsSync(path.join(full, file))
      ? ''
      : readFileSync(path.join(full, file), 'utf8').trim();
  return `${about.name} ${about.version} (${about.license ?? 'see below'})\n\n${text}\n`;
}

/** @param inputs the paths that esbuild read, relative to `root`. */
export function licences(root: string, inputs: ReadonlySet<string>): string {
  const folders = new Set([...inputs].map(packageFolder).filter(folder => folder !== undefined));
  const entries = [...folders].sort().map(folder => entry(root, folder));
  return `Towline is under the Apache License 2.0, see LICENSE. Its programs contain:\n\n${entries.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
