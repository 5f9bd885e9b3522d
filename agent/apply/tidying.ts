/** What goes after a pass because nothing needs it any more. What goes wrong here is said and harms no project. */
import { messageOf } from '../../core/errors/cause.ts';
import { neededImages } from '../../core/plan/service-images.ts';
import type { Leftover, Leftovers } from '../projects/leftovers.ts';
import type { ApplyOptions } from './run-plan.ts';

/** @returns what stays */
export async function sweepLeftovers(
  leftovers: Leftovers,
  { log, signal }: ApplyOptions,
): Promise<readonly Leftover[]> {
  try {
    const left = await leftovers.sweep(signal);
    for (const each of left) log.warn(each, 'what was left behind cannot be removed');
    return left;
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error: messageOf(error) }, 'what was left behind cannot be looked at');
    return [];
  }
}

export async function tidyImages(options: ApplyOptions): Promise<void> {
  const { store, clock, runtime, desired, log, signal } = options;
  const memory = await store.memory(clock.now());
  const images = neededImages(desired, memory);
  try {
    const lastNeeded = await store.images();
    const removed = await runtime.tidy({ images, lastNeeded, nowMs: memory.nowMs, log }, signal);
    await store.noteImages(images, removed, clock.now());
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error: messageOf(error) }, 'images could not be tidied');
  }
}
