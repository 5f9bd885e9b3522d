/** The figures of a soak, of what was recorded. */
import type { Entry, Sample } from './record.ts';
import { inBlocks, type Life, type Slope, slopeOf } from './slope.ts';

type Role = Sample['role'];
export type Measured = 'pssBytes' | 'descriptors' | 'diskBytes' | 'cpuMs';

const minuteMs = 60_000;
/** A young process is still filling its caches. */
const warmUpMs = 10 * minuteMs;
const blockMs = 2 * minuteMs;

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

/** Of lives beyond their warm-up: a third of the longest one, where that is shorter. */
export function growth(samples: readonly Sample[], measured: Measured): Slope | undefined {
  const longest = samples.reduce((most, { ageMs }) => Math.max(most, ageMs), 0);
  const young = Math.min(warmUpMs, longest / 3);
  const lives = [...livesOf(samples).values()].map((life): Life => {
    const old = life.filter(({ ageMs }) => ageMs >= young);
    return { points: old.map(sample => [sample.atMs, sample[measured]] as const) };
  });
  return slopeOf(lives.map(life => inBlocks(life, Math.min(blockMs, Math.max(1, longest / 12)))));
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
