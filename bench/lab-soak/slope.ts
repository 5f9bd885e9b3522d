/**
 * How fast a figure grows, and how sure that is. Each life of a process has a level of its own; all share one slope. Neighbouring
 * readings resemble each other, which makes a fit look surer than it is: the interval is widened by that.
 */

/** One life: when, in milliseconds, and how much. */
export interface Life {
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

export interface Slope {
  /** In a day. */
  readonly perDay: number;
  /** Half of the interval that holds the true one 19 times of 20. */
  readonly margin: number;
  readonly points: number;
}

const dayMs = 86_400_000;
/** Quantiles of Student's t, two-sided 95 %, by degrees of freedom. */
const quantiles = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
const quantileOf = (freedom: number) => quantiles[freedom - 1] ?? (freedom < 30 ? 2.1 : 1.98);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle of all within each block of time. */
export function inBlocks({ points }: Life, blockMs: number): Life {
  const blocks = new Map<number, (readonly [number, number])[]>();
  for (const point of points) {
    const block = Math.floor(point[0] / blockMs);
    blocks.set(block, [...(blocks.get(block) ?? []), point]);
  }
  return {
    points: [...blocks.values()].map(inside => {
      const values = inside.map(([, value]) => value).sort((left, right) => left - right);
      return [mean(inside.map(([at]) => at)), values[Math.floor(values.length / 2)] ?? 0] as const;
    }),
  };
}

/** @returns undefined: too few readings to say anything */
export function slopeOf(lives: readonly Life[]): Slope | undefined {
  const usable = lives.filter(({ points }) => points.length >= 3);
  const centred = usable.map(({ points }) => {
    const [at, value] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
    return points.map(([x, y]) => [(x - at) / dayMs, y - value] as const);
  });
  const all = centred.flat();
  const freedom = all.length - usable.length - 1;
  const spread = all.reduce((sum, [x]) => sum + x * x, 0);
  if (freedom < 1 || spread === 0) return undefined;
  const perDay = all.reduce((sum, [x, y]) => sum + x * y, 0) / spread;
  const residuals = centred.map(points => points.map(([x, y]) => y - perDay * x));
  const squares = residuals.flat().reduce((sum, residual) => sum + residual ** 2, 0);
  const widened = Math.sqrt((1 + alike(residuals)) / (1 - alike(residuals)));
  const error = Math.sqrt(squares / freedom / spread) * widened;
  return { perDay, margin: quantileOf(freedom) * error, points: all.length };
}

/** How much a residual resembles the one before it: 0 to 0.9. */
function alike(residuals: readonly (readonly number[])[]): number {
  let [together, alone] = [0, 0];
  for (const life of residuals) {
    for (const [at, residual] of life.entries()) {
      alone += residual ** 2;
      if (at > 0) together += residual * (life[at - 1] ?? 0);
    }
  }
  return alone === 0 ? 0 : Math.min(0.9, Math.max(0, together / alone));
}
