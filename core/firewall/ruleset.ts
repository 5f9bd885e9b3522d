/** Rules as data, before they are a text for nft. */

export interface Rule {
  /** Expressions of nft that must all hold, of words that `nft-word` has let through. */
  readonly match: readonly string[];
  readonly verdict: string;
  /** What it is for: people read it in `nft list`, and what is loaded is compared by it. */
  readonly comment: string;
  /** The name whose addresses stand in it. */
  readonly resolved?: string;
}

export type Hook = 'input' | 'forward' | 'output';

export interface Chain {
  readonly name: string;
  /** Absent: others jump here. */
  readonly hook?: Hook;
  readonly rules: readonly Rule[];
}

/** Addresses that came, each for two minutes after the last time. */
export interface SeenSet {
  readonly name: string;
  readonly type: 'ipv4_addr' | 'ipv6_addr';
}

export interface Ruleset {
  readonly sets?: readonly SeenSet[];
  readonly chains: readonly Chain[];
  /** What a person must know and no rule says. */
  readonly notes: readonly string[];
}

/** Host → its addresses, as they were when the rules were made. */
export type Addresses = ReadonlyMap<string, readonly string[]>;
