/** Debian packages of a version that is not this one, made in seconds: Node and the image for volumes are stand-ins. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { MadeDeb } from '../../../scripts/package/apt-repository.ts';
import { makeDeb } from '../../../scripts/package/deb.ts';
import { debianPackages } from '../../../scripts/package/debian-packages.ts';
import { gatewayFiles } from '../../../scripts/package/part-files.ts';
import { versionFiles } from '../../../scripts/package/parts.ts';
import { bundled } from '../../deploy/bundled.ts';

/** @param node a script in Node's place */
export async function standInDebs(folder: string, version: string, node: string): Promise<MadeDeb[]> {
  const dist = path.join(folder, 'dist');
  await bundled(dist);
  const into = path.join(folder, version);
  mkdirSync(into, { recursive: true });
  const files = versionFiles({ dist, version, node, helper: `helper of ${version}\n` }, 'amd64');
  const packages = debianPackages({
    ...{ architecture: 'amd64', version, epochSeconds: 1_790_000_000 },
    ...{
      node: files.node,
      agent: files.agent,
      helper: files.helper ?? new Map(),
      gateway: gatewayFiles(dist),
    },
  });
  return packages.map(deb => ({
    deb,
    file: makeDeb(deb, { folder: into, epochSeconds: 1_790_000_000, level: 0 }),
  }));
}
