import { defineErrors } from './definition.ts';

/** A lab that is made of a fleet's repository. */
export const mirrorErrors = defineErrors({
  MIRROR_IMAGES: {
    cause:
      'A lab has no way out: images that production’s devices pull must be in the lab’s own registry, by their digests, and some are not.',
    remedy:
      'Say where they are: `--images-from REGISTRY`, or a bundle’s file; or have `--stand-in-images` take their places.',
    next: 'person',
  },
  MIRROR_DEVICES: {
    cause: 'The lab would have more devices than one machine has room for, or none.',
    remedy: 'Name some: `--only`, by ids of devices; their plans are tried, and those of no others.',
    next: 'person',
  },
});
