/** What may go of what registries still have, with what belongs to it alone. */
import type { PinnedImage } from '../../core/images/digest.ts';
import type { RegistryManifests } from './registry-manifests.ts';
import { referenceOf, repositoryOf, type Unneeded } from './unneeded.ts';

/** A manifest that is there and may go. */
export interface Prunable extends Unneeded {
  /** Manifests of its platforms that nothing else needs. */
  readonly children: readonly string[];
}

/**
 * Of those that are there what is shared with nothing that stays: indexes may name the same manifests.
 * @param all that was ever released, and what is needed besides
 */
export async function presentOf(
  candidates: readonly Unneeded[],
  all: readonly PinnedImage[],
  registry: RegistryManifests,
): Promise<Prunable[]> {
  const places = new Set(candidates.map(({ reference }) => repositoryOf(reference)));
  const going = new Set(candidates.map(({ reference }) => `${repositoryOf(reference)}@${reference.digest}`));
  const shared = new Set<string>();
  const asked = new Set<string>();
  for (const image of all) {
    const reference = referenceOf(image);
    const key = `${repositoryOf(reference)}@${reference.digest}`;
    if (!places.has(repositoryOf(reference)) || asked.has(key) || going.has(key)) continue;
    asked.add(key);
    shared.add(key);
    for (const child of (await registry.children(reference)) ?? [])
      shared.add(`${repositoryOf(reference)}@${child}`);
  }
  const found: Prunable[] = [];
  for (const candidate of candidates) {
    const { reference } = candidate;
    const isShared = (digest: string) => shared.has(`${repositoryOf(reference)}@${digest}`);
    if (isShared(reference.digest ?? '')) continue;
    const children = await registry.children(reference);
    if (children === undefined) continue;
    found.push({ ...candidate, children: children.filter(digest => !isShared(digest)) });
  }
  return found;
}
