/** The figures of a soak, of what was recorded. */
import type { Entry, Sample } from './record.ts';
import { inBlocks, type Life, type Slope, slopeOf } from './slope.ts';

type Role = Sample['role'];
export type Measured = 'pssBytes' | 'descriptors' | 'diskBytes' | 'cpuMs';

const minuteMs = 60_000;
/**
 * A young process fills its caches, and loads what is first used: a visit through a tunnel takes some MiB once. What it has taken by
 * then counts for its most. What goes on growing shows in the later half of its life.
 */
const warmUpMs = 15 * minuteMs;
const youngPart = 0.5;
const blockMs = 2 * minuteMs;
/** What grew in less than this is no trend. */
const leastSpanMs = 20 * minuteMs;

export const samplesOf = (entries: readonly Entry[], role: Role): Sample[] =>
  entries.filter((entry): entry is Sample => entry.kind === 'sample' && entry.role === role);

/** By life, in order. */
export function livesOf(samples: readonly Sample[]): Map<string, Sample[]> {
  const lives = new Map<string, Sample[]>();
  for (const sample of samples) {
    const life = lives.get(sample.life);
    if (life === undefined) lives.set(sample.life, [sample]);
    else life.push(sample);
  }
  return lives;
}

/** Of the later halves of lives, at least beyond their warm-up. @returns undefined: none of them was long enough */
export function growth(samples: readonly Sample[], measured: Measured): Slope | undefined {
  const lives = [...livesOf(samples).values()].flatMap((life): Life[] => {
    const young = Math.max(warmUpMs, (life.at(-1)?.ageMs ?? 0) * youngPart);
    const old = life.filter(({ ageMs }) => ageMs >= young);
    const [first, last] = [old[0], old.at(-1)];
    if (first === undefined || last === undefined || last.ageMs - first.ageMs < leastSpanMs) return [];
    return [inBlocks({ points: old.map(sample => [sample.atMs, sample[measured]] as const) }, blockMs)];
  });
  return slopeOf(lives);
}

export const mostOf = (samples: readonly Sample[], measured: Measured): number =>
  samples.reduce((most, sample) => Math.max(most, sample[measured]), 0);

/** Part of a processor that it took, over all its lives. */
export function processorShare(samples: readonly Sample[]): number {
  let [cpuMs, ageMs] = [0, 0];
  for (const life of livesOf(samples).values()) {
    const [first, last] = [life[0], life.at(-1)];
    if (first === undefined || last === undefined) continue;
    cpuMs += last.cpuMs - first.cpuMs;
    ageMs += last.ageMs - first.ageMs;
  }
  return ageMs === 0 ? 0 : cpuMs / ageMs;
}

/** @param part 0 to 1 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
