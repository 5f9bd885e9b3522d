/** ssh2's cipher addon in a bundle: `sshcrypto-<platform>-<arch>.node` beside the program, or none. */
import { copyFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const fileName = `sshcrypto-${process.platform}-${process.arch}.node`;

function builtAddon(): string {
  const folder = path.dirname(require.resolve('ssh2/package.json'));
  return path.join(folder, 'lib/protocol/crypto/build/Release/sshcrypto.node');
}

/** Loads it at run time by the platform that the program finds itself on; ssh2 catches the throw where it is missing. */
const loader =
  "module.exports = require(require('node:path').join(__dirname, 'sshcrypto-' + process.platform + '-' + process.arch + '.node'));";

export const nativeAddon: Plugin = {
  name: 'native-addon',
  setup(build) {
    build.onResolve({ filter: /sshcrypto\.node$/ }, () => ({ path: 'sshcrypto', namespace: 'native-addon' }));
    build.onLoad({ filter: /.*/, namespace: 'native-addon' }, () => ({ contents: loader, loader: 'js' }));
  },
};

/** Puts this platform's addon beside the programs. @returns whether there is one. */
export function copyAddon(folder: string): boolean {
  if (!existsSync(builtAddon())) return false;
  copyFileSync(builtAddon(), path.join(folder, fileName));
  return true;
}
