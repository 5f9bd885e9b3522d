/** Images that neither the present nor the last good state needs go, by age and when the disk gets full. */

import type { Needs } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { containerSummaries, imageSummaries } from './engine-answers.ts';
import { engineInfo } from './engine-machine.ts';
import { engineStatus } from './refusals.ts';

export interface CollectOptions {
  readonly engine: Engine;
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
  const { engine, maxAgeMs } = options;
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
    images.find(image => [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])].includes(reference))?.Id;
  const neededIds = new Set([...needed].flatMap(reference => idOf(reference) ?? []));
  const removed: string[] = [];
  for (const [reference] of due) {
    const id = idOf(reference);
    // The same layers under another name: removing the name would take nothing off the disk.
    if (id !== undefined && (used.has(id) || neededIds.has(id))) continue;
    if (id === undefined || (await removeImage(engine, reference, signal))) removed.push(reference);
  }
  if (removed.length > 0) log.info({ images: removed, full }, 'images removed');
  return removed;
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
