/** What a bundle has of each image, for people. */
import { readManifest } from '../images/manifest.ts';
import type { BundleContents } from './contents.ts';
import type { BundleEntry } from './table.ts';

export interface ImageSummary {
  readonly image: string;
  readonly digest: string;
  /** That are in the bundle; none where the digest names one manifest. */
  readonly platforms: readonly string[];
  /** Of its configurations and layers in the bundle, what it shares with other images counted for each. */
  readonly bytes: number;
  /** Of the layers that the devices have. */
  readonly leftOutBytes: number;
}

/**
 * @param manifests digest → bytes, of all manifests of the bundle
 * @throws TowlineError IMAGE_REFUSED
 */
export function summarise(
  { images }: BundleContents,
  entries: readonly BundleEntry[],
  manifests: ReadonlyMap<string, Buffer>,
): ImageSummary[] {
  const here = new Set(entries.map(({ digest }) => digest));
  // Images may share them.
  const read = new Map([...manifests].map(([digest, bytes]) => [digest, readManifest(bytes)]));
  return images.map(({ image, digest, leftOut }) => {
    const platforms: string[] = [];
    const parts = new Map<string, number>();
    const pending = [digest];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const manifest = read.get(next);
      if (manifest === undefined) continue;
      if (manifest.kind === 'index') {
        const present = manifest.manifests.filter(each => here.has(each.digest));
        platforms.push(...present.map(({ platform }) => platform));
        pending.push(...present.map(each => each.digest));
      } else for (const { digest, size } of [manifest.config, ...manifest.layers]) parts.set(digest, size);
    }
    const sum = (isCounted: (digest: string) => boolean) =>
      [...parts].reduce((total, [part, size]) => total + (isCounted(part) ? size : 0), 0);
    return {
      image,
      digest,
      platforms: [...new Set(platforms)].sort(),
      bytes: sum(part => here.has(part)),
      leftOutBytes: sum(part => leftOut.includes(part)),
    };
  });
}
