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
