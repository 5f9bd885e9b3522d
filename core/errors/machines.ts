import { defineErrors } from './definition.ts';

/** Rules of `towline firewall`. */
export const firewallErrors = defineErrors({
  FIREWALL_EGRESS: {
    cause: 'An entry of `egress:` in app.yaml names no host, address or range of addresses, or no ports.',
    remedy: 'Correct the file at the position named and commit again.',
    next: 'wait-commit',
  },
  FIREWALL_UNRESOLVED: {
    cause:
      'Names that the rules need have no address: the name server does not know them, does not answer in time, or was not to be asked. No rules are printed: they would cut off what has no address in them.',
    remedy: 'Run it where the names are known, or give addresses by `--address NAME=ADDRESS`.',
    next: 'person',
  },
  FIREWALL_WORD: {
    cause:
      'A fact of the fleet (an address, a port, the name of an interface) has a form that no rule can hold. Nothing was printed.',
    remedy: 'Correct the file that gives it; the message shows it.',
    next: 'wait-commit',
  },
  FIREWALL_NFT: {
    cause: '`nft` is missing, may not be run (it needs root), or what it printed cannot be read.',
    remedy:
      'Install nftables 1.0.2 or newer and run it as root, or give what `nft -j list table inet towline` prints there by `--loaded FILE`.',
    next: 'person',
  },
});

/** A fleet on one machine: `towline lab`. */
export const labErrors = defineErrors({
  LAB_MACHINE: {
    cause: 'This machine lacks what a lab is made of: the message says what.',
    remedy: 'Install what the message names, and run `towline lab up` as root on Linux.',
    next: 'person',
  },
  LAB_EXISTS: {
    cause: 'A lab of that name is there already, or what one has left behind.',
    remedy: '`towline lab down --name NAME` ends it and removes all of it; or call this one otherwise.',
    next: 'person',
  },
  LAB_UNKNOWN: {
    cause: 'This machine has no lab of that name, or it is not whole: its `up` was cut off.',
    remedy: '`towline lab status` lists those that are there. What was cut off goes by `towline lab down`.',
    next: 'person',
  },
  LAB_NO_SUCH_PART: {
    cause: 'The lab has no site, device or gateway of that name.',
    remedy: '`towline lab status` lists them.',
    next: 'person',
  },
  LAB_STEP: {
    cause: 'A step of making a lab, or a change of one, failed: the message holds what the program said.',
    remedy: 'Where it names a log, read on there: `towline lab up --keep` leaves all as it is.',
    next: 'person',
  },
  LAB_LEFT: {
    cause: 'Something of a lab would not go away: the message says what.',
    remedy: 'See what holds it, and run `towline lab down` again.',
    next: 'person',
  },
});

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
    remedy:
      'A lab has one device for each distinct plan. Try a commit with fewer of them: in a clone, remove devices that are not the matter, commit, and name that branch.',
    next: 'person',
  },
});
