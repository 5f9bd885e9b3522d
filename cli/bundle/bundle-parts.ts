/** The bytes of each part of a bundle that is made: of a file, of what was read already, of a registry. */
import { createReadStream } from 'node:fs';
import type { ImagePlan } from '../../core/bundle/plan-images.ts';
import type { BundleEntry } from '../../core/bundle/table.ts';
import { TowlineError } from '../../core/errors.ts';
import type { PackagedFile } from '../agents/package-folder.ts';
import type { RegistryImages } from './registry-images.ts';

interface Sources {
  /** The file of the commits. */
  readonly commits: string;
  readonly plan: ImagePlan;
  readonly registry: RegistryImages;
  /** Parts of agents. */
  readonly agents: readonly PackagedFile[];
}

const readBytes = 1024 * 1024;

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export function bytesOfParts({
  commits,
  plan,
  registry,
  agents,
}: Sources): (entry: BundleEntry) => AsyncIterable<Uint8Array> {
  return entry => {
    if (entry.kind === 'git') return createReadStream(commits, { highWaterMark: readBytes });
    const manifest = plan.manifests.get(entry.digest);
    if (manifest !== undefined) return single(manifest);
    const part = agents.find(({ sha256 }) => entry.digest === `sha256:${sha256}`);
    if (part !== undefined) return createReadStream(part.path, { highWaterMark: readBytes });
    const owner = plan.owners.get(entry.digest);
    if (owner === undefined)
      throw new TowlineError('BUNDLE_IMAGE_MISSING', `nobody knows where ${entry.digest} lies`);
    return registry.blob(owner, entry);
  };
}
