import { after, before, test } from 'node:test';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { convergeGeneratedPair } from '../../../lab/rig/generated-pair.ts';
import { samplesOf } from '../../rig/every.ts';

let image: string;
let builder: DeviceRig;
before(async () => {
  builder = await DeviceRig.start();
  image = (await buildImages(builder)).worker;
});
after(async () => builder[Symbol.asyncDispose]());

const seeds = samplesOf(
  Array.from({ length: 20 }, (_, index) => 4_000 + index),
  3,
);

test('generated updates, each killed somewhere: the next pass converges', async () => {
  // Four devices share the engine, each with a project of its own.
  const next = seeds.values();
  const work = async () => {
    for (const seed of next) {
      await using rig = await DeviceRig.start();
      await convergeGeneratedPair(rig, image, seed);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
});
