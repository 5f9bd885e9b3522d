/**
 * openpgp is under the LGPL: it is no part of our programs but a file beside them, as its authors publish it, which
 * whoever has the programs may replace (docs/decisions/bundles.md). It is loaded when the first OpenPGP key is.
 */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

const fileName = 'openpgp.mjs';
const packageFolder = path.resolve(path.dirname(createRequire(import.meta.url).resolve('openpgp')), '../..');

/** As `Metafile.inputs` has files: what is not bundled needs its licence, too. */
export const openpgpInput = 'node_modules/openpgp/package.json';

export const separateOpenpgp: Plugin = {
  name: 'separate-openpgp',
  setup(build) {
    build.onResolve({ filter: /^openpgp$/ }, () => ({ path: `./${fileName}`, external: true }));
  },
};

export function copyOpenpgp(folder: string): void {
  copyFileSync(path.join(packageFolder, 'dist/node/openpgp.min.mjs'), path.join(folder, fileName));
}
