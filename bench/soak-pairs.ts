/** Generated updates on the real engine, each killed somewhere: the next pass converges, or the seed is named. */
import { ensureEngine } from '../lab/machine/engine.ts';
import { buildImages } from '../lab/rig/device-images.ts';
import { DeviceRig } from '../lab/rig/device-rig.ts';
import { convergeGeneratedPair } from '../lab/rig/generated-pair.ts';

/** Devices that share the engine, each with a project of its own. */
const devices = 3;
const progressEvery = 25;

export interface PairsResult {
  readonly converged: number;
  /** Seeds of those that did not. */
  readonly failed: readonly number[];
  /** All below it are done: a soak that was stopped goes on from here with `--seed`. */
  readonly nextSeed: number;
}

/** Pairs `firstSeed` to `firstSeed + pairs - 1`; prints a line now and then and one for each failure. */
export async function soakPairs(
  pairs: number,
  firstSeed: number,
  stopped: AbortSignal,
): Promise<PairsResult> {
  // Where the machine has none, one for all of them.
  const engine = await ensureEngine();
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => engine.stop());
  const device = () => new DeviceRig(engine.socket, 'towline.invalid');
  await using builder = device();
  const image = (await buildImages(builder)).worker;
  const failed: number[] = [];
  const running = new Set<number>();
  let next = firstSeed;
  let converged = 0;
  const work = async () => {
    while (next < firstSeed + pairs && !stopped.aborted) {
      const seed = next++;
      running.add(seed);
      try {
        await using rig = device();
        await convergeGeneratedPair(rig, image, seed);
        converged++;
      } catch (error) {
        failed.push(seed);
        console.log(
          `seed ${seed} did not converge: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      running.delete(seed);
      const done = converged + failed.length;
      if (done % progressEvery === 0) {
        console.log(`${done} pairs, ${failed.length} failed, done below seed ${Math.min(next, ...running)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: devices }, work));
  return { converged, failed: failed.sort((a, b) => a - b), nextSeed: next };
}
