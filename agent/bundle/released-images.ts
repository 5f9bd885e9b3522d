/** Whether a release pins what a bundle brings: a bundle has no say in what may run. */
import type { BundleImage } from '../../core/bundle/contents.ts';
import { readAt } from '../../core/fleet/load-device.ts';
import { placeOf } from '../../core/fleet/paths.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

/**
 * Images that no release at the commit pins, assigned or not.
 * @throws TowlineError when an object is missing or malformed
 */
export async function unreleased(
  reader: RepositoryFiles,
  commit: ObjectId,
  images: readonly BundleImage[],
): Promise<readonly BundleImage[]> {
  let left = images;
  if (left.length === 0) return left;
  for await (const { path } of reader.list(commit, 'apps')) {
    const place = placeOf(path);
    if (typeof place !== 'object' || place.kind !== 'release') continue;
    const release = await readAt({ reader, commit, problems: [] }, 'release', path);
    const pinned = new Set(Object.values(release?.value.images ?? {}).map(({ digest }) => digest));
    left = left.filter(({ digest }) => !pinned.has(digest));
    if (left.length === 0) break;
  }
  return left;
}
