/** What a fetch may take. Bytes and milliseconds. */
export interface SourceLimits {
  readonly maxAdvertisementBytes: number;
  readonly maxPackBytes: number;
  readonly maxObjects: number;
  readonly maxObjectBytes: number;
  readonly maxInflatedBytes: number;
  readonly pollTimeoutMs: number;
  readonly fetchTimeoutMs: number;
  /** A connection that is silent for so long is given up. */
  readonly idleTimeoutMs: number;
  /** More packs than this, and the next generation of the store is made: isomorphic-git looks into each, and packs none together. */
  readonly maxPacks: number;
  /** Below this a store is never renewed for its size. */
  readonly minRenewBytes: number;
  /** A damaged store is made anew at once, but not more often than this while that does not help. */
  readonly renewIntervalMs: number;
}

export const defaultSourceLimits: SourceLimits = Object.freeze({
  maxAdvertisementBytes: 4 * 1024 * 1024,
  maxPackBytes: 64 * 1024 * 1024,
  maxObjects: 500_000,
  maxObjectBytes: 16 * 1024 * 1024,
  maxInflatedBytes: 1024 * 1024 * 1024,
  pollTimeoutMs: 60_000,
  fetchTimeoutMs: 15 * 60_000,
  idleTimeoutMs: 60_000,
  maxPacks: 100,
  minRenewBytes: 1024 * 1024,
  renewIntervalMs: 10 * 60_000,
});
