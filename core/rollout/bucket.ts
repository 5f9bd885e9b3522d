/** Which devices of a percentage come first: the same ones for ever, and nobody chooses them. */
import { createHash } from 'node:crypto';

/** Of a hundred, in hundredths. */
const buckets = 10_000;

export interface Draw {
  readonly fleet: string;
  readonly salt: string;
  readonly device: string;
}

/** @returns 0 to 9,999: the first four bytes of a SHA-256, modulo */
export function bucketOf({ fleet, salt, device }: Draw): number {
  const text = ['towline-rollout', fleet, salt, device].join('\0');
  return createHash('sha256').update(text).digest().readUInt32BE(0) % buckets;
}

/** @param percent with two decimals at most */
export const isInPercent = (draw: Draw, percent: number): boolean =>
  bucketOf(draw) < Math.round((percent * buckets) / 100);
