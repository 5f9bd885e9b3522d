/** Images that neither the present nor the last good state needs go, by age and when the disk gets full. */

import { repositoryOf } from '../../../core/images/repository.ts';
import type { Needs } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { containerSummaries, type ImageSummary, imageSummaries } from './engine-answers.ts';
import { engineInfo } from './engine-machine.ts';
import { engineStatus } from './refusals.ts';

export interface CollectOptions {
  readonly engine: Engine;
  /** Reference → id, of images that came through the gateway. */
  readonly imageIds: ReadonlyMap<string, string>;
  /** An image that nothing needs stays this long, milliseconds. */
  readonly maxAgeMs: number;
  /** With less free space than this on the engine's disk, age does not count. Bytes. */
  readonly minimumFreeBytes: number;
  /** Bytes that are free in a folder; undefined where nobody can see it. */
  readonly freeSpace: (folder: string) => Promise<number | undefined>;
}

async function diskIsFull(options: CollectOptions, signal: AbortSignal): Promise<boolean> {
  const { DockerRootDir: folder } = await options.engine.call(
    { method: 'GET', path: '/info', answer: engineInfo },
    signal,
  );
  if (folder === undefined) return false;
  const free = await options.freeSpace(folder);
  return free !== undefined && free < options.minimumFreeBytes;
}

/**
 * Removes what is ours, not needed, and old (or in the way).
 * @returns references that were removed
 */
export async function collectImages(
  options: CollectOptions,
  { images: needed, lastNeeded, nowMs, log }: Needs,
  signal: AbortSignal,
): Promise<string[]> {
  const { engine, maxAgeMs, imageIds } = options;
  const idle = [...lastNeeded].filter(([reference]) => !needed.has(reference));
  if (idle.length === 0) return [];
  const full = await diskIsFull(options, signal);
  const due = idle.filter(([, ms]) => full || nowMs - ms > maxAgeMs).sort(([, a], [, b]) => a - b);
  if (due.length === 0) return [];
  const [images, containers] = await Promise.all([
    engine.call({ method: 'GET', path: '/images/json', answer: imageSummaries }, signal),
    engine.call(
      { method: 'GET', path: '/containers/json', query: { all: true }, answer: containerSummaries },
      signal,
    ),
  ]);
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const idOf = (reference: string) =>
    images.find(image => [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])].includes(reference))?.Id ??
    images.find(image => image.Id === imageIds.get(reference))?.Id;
  const neededIds = new Set([...needed].flatMap(reference => idOf(reference) ?? []));
  const removed: string[] = [];
  for (const [reference] of due) {
    const id = idOf(reference);
    // The same layers under another name: removing the name would take nothing off the disk.
    if (id !== undefined && (used.has(id) || neededIds.has(id))) continue;
    const image = images.find(each => each.Id === id && imageIds.get(reference) === id);
    const isGone =
      image === undefined
        ? id === undefined || (await removeImage(engine, reference, signal))
        : await removeByTags(engine, reference, image, signal);
    if (isGone) removed.push(reference);
  }
  if (removed.length > 0) log.info({ images: removed, full }, 'images removed');
  return removed;
}

/** One that came through the gateway: by its tags in that repository, and by its id where it has no other name. */
async function removeByTags(
  engine: Engine,
  reference: string,
  { Id, RepoTags, RepoDigests }: ImageSummary,
  signal: AbortSignal,
): Promise<boolean> {
  const isOurs = (name: string) => repositoryOf(name) === repositoryOf(reference);
  // An engine that has none says so by this name.
  const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter(name => !name.startsWith('<none>'));
  for (const name of names.filter(isOurs)) if (!(await removeImage(engine, name, signal))) return false;
  return names.every(isOurs) ? await removeImage(engine, Id, signal) : true;
}

/** Without force: the engine keeps what a container uses. @returns whether it is gone */
async function removeImage(engine: Engine, reference: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.call({ method: 'DELETE', path: `/images/${reference}` }, signal);
    return true;
  } catch (error) {
    const status = engineStatus(error);
    if (status === 404) return true;
    if (status === 409) return false;
    throw error;
  }
}
