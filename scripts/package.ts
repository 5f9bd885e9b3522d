/**
 * `npm run package [-- --arch amd64,arm64 --out FOLDER --only parts]`: what is installed. Parts by their SHA-256, the file that
 * root lists a version by, and the install script. The same commit gives the same bytes.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { addon, addonName } from './package/addon.ts';
import { type Architecture, architectures, isArchitecture } from './package/architecture.ts';
import { helperOf } from './package/helper.ts';
import { makeParts } from './package/parts.ts';

const root = path.dirname(import.meta.dirname);
const usage = `usage: npm run package [-- --arch ${architectures.join(',')}] [--out FOLDER] [--only parts]`;

interface Wanted {
  readonly architectures: readonly Architecture[];
  readonly folder: string;
}

function wanted(words: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...words],
    options: { arch: { type: 'string' }, out: { type: 'string' }, only: { type: 'string' } },
  });
  const names = values.arch?.split(',') ?? ['amd64'];
  const known = names.filter(isArchitecture);
  if (known.length < names.length) throw new Error(`no such architecture: ${values.arch}\n${usage}`);
  return { architectures: known, folder: path.resolve(values.out ?? path.join(root, 'dist/packages')) };
}

async function main(words: readonly string[]): Promise<void> {
  const { architectures: made, folder } = wanted(words);
  const scratch = mkdtempSync(path.join(tmpdir(), 'towline-package-'));
  try {
    const dist = path.join(scratch, 'dist');
    await bundle(dist);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { version } = JSON.parse(readFileSync(path.join(dist, 'package.json'), 'utf8'));
    const { file } = makeParts({
      ...{ dist, folder, version, architectures: made, gateway: true },
      helper: helperOf,
      addon: architecture => {
        const bytes = addon(architecture, scratch);
        return new Map(bytes === undefined ? [] : [[addonName(architecture), bytes]]);
      },
    });
    console.log(path.relative(process.cwd(), file));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`npm run package: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
