/** kubectl of Debian's trixie (1.32), which renders kustomizations. A machine's own, from elsewhere, would be taken for a newer one. */
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite } from './debian-suite.ts';

/** Absolute path of the program. @throws Error where the package cannot be had */
export function kubectl(): string {
  const folder = cachedFolder('kubectl-trixie', (made, scratch) => {
    new DebianSuite('trixie', scratch).unpackWithNeeds(['kubectl'], made);
  });
  return path.join(folder, 'usr/bin/kubectl');
}
