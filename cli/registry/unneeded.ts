/** Which images that a fleet once released nothing of it needs any more. Pure: what a registry has is asked elsewhere. */
import type { PinnedImage } from '../../core/images/digest.ts';
import { type ImageReference, parseReference } from '../../core/io/registry/reference.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { PastRelease } from './release-history.ts';

export interface Unneeded {
  /** With its digest, and no tag. */
  readonly reference: ImageReference;
  /** `pump 1.4.0` */
  readonly releases: readonly string[];
  /** Since the last of them was taken away, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Of a repository, as registries are asked. */
export const repositoryOf = ({ registry, repository }: ImageReference) => `${registry}/${repository}`;

export function referenceOf({ image, digest }: PinnedImage): ImageReference {
  return { ...parseReference(image), tag: undefined, digest };
}

/** What a device runs, and goes back to: by the releases that its signed word names. */
export function namedImages({ projects }: StatusFile, history: readonly PastRelease[]): PinnedImage[] {
  const named = projects.flatMap(({ app, release, wanted }) => [
    `${app} ${release}`,
    `${app} ${wanted?.release}`,
  ]);
  return history.flatMap(({ app, version, images }) => (named.includes(`${app} ${version}`) ? images : []));
}

/**
 * @param needed besides those of releases that are there
 * @param beforeMs what was taken away later is left for now
 * @returns by repository, and within it the one that was taken away first is first
 */
export function unneeded(
  history: readonly PastRelease[],
  needed: readonly PinnedImage[],
  beforeMs: number,
): Unneeded[] {
  const present = history.flatMap(({ images, removedMs }) => (removedMs === undefined ? images : []));
  const kept = new Set([...present, ...needed].map(keyOf));
  const found = new Map<string, { image: PinnedImage; releases: Set<string>; sinceMs: number }>();
  for (const { app, version, images, removedMs } of history) {
    if (removedMs === undefined) continue;
    for (const image of images) {
      const key = keyOf(image);
      if (kept.has(key)) continue;
      const entry = found.get(key) ?? { image, releases: new Set<string>(), sinceMs: 0 };
      found.set(key, entry);
      entry.releases.add(`${app} ${version}`);
      entry.sinceMs = Math.max(entry.sinceMs, removedMs);
    }
  }
  return [...found.values()]
    .filter(({ sinceMs }) => sinceMs <= beforeMs)
    .map(({ image, releases, sinceMs }) => ({
      reference: referenceOf(image),
      releases: [...releases].sort(),
      sinceMs,
    }))
    .sort(
      (left, right) =>
        repositoryOf(left.reference).localeCompare(repositoryOf(right.reference)) ||
        left.sinceMs - right.sinceMs,
    );
}

/** A digest in one repository: another may hold the same. */
function keyOf(image: PinnedImage): string {
  const reference = referenceOf(image);
  return `${repositoryOf(reference)}@${reference.digest}`;
}
