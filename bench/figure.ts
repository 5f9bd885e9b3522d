/** One figure of a benchmark: ours against a peer's, and the bar it has to clear. */
export interface BenchFigure {
  /** What was done, as a sentence without a verb: `no-op pass of the bundled agent`. */
  readonly work: string;
  /** `ms`, `MiB`, `MB/s`, … */
  readonly unit: string;
  /** Median of ours. */
  readonly ours: number;
  /** Median of the peer's; null where the bar stands alone. */
  readonly peer: number | null;
  /** ours / peer; null without a peer. */
  readonly ratio: number | null;
  /** The condition, as a person reads it: `ours ≤ 90`, `ratio ≥ 0.9`. */
  readonly bar: string;
  readonly ok: boolean;
}

/**
 * What `bench/<name>.ts` exports. Anything it starts it stops when `signal` aborts.
 * @param rows those that were asked for by name, where it has names for them; none: all
 */
export type Bench = (signal: AbortSignal, rows: readonly string[]) => AsyncIterable<BenchFigure>;

/** What has to hold: `of` the figure, compared with `limit`. */
export interface Bar<Of extends 'ours' | 'ratio' = 'ours' | 'ratio'> {
  readonly of: Of;
  readonly is: '<=' | '>=';
  readonly limit: number;
}

/** Higher or lower as the machine is slow or quick: only a ratio within one run says something. */
type Clocked = 'ms' | 's' | '1/CPU s' | 'MB/s';
/** The same on every machine. */
type Counted = '' | 'B' | 'kB' | 'MB' | 'MiB';
/** What a processor has worked: more on a slower one, but its bar is what a device may spend. */
type Spent = 'CPU ms';
type BarOf<Unit> = Unit extends Clocked ? Bar<'ratio'> : Bar;

/** The middle of the values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  if (middle.length === 0) throw new RangeError('no values');
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

const shortened = (value: number) => Number(value.toPrecision(4));

/** Judges medians by a bar. A figure that can't be judged (no peer, and the bar is a ratio) is not ok. */
export function figure<Unit extends Clocked | Counted | Spent>(
  work: string,
  unit: Unit,
  ours: number,
  peer: number | null,
  bar: BarOf<Unit>,
): BenchFigure {
  const ratio = peer === null ? null : ours / peer;
  const judged = bar.of === 'ours' ? ours : ratio;
  const ok = judged !== null && (bar.is === '<=' ? judged <= bar.limit : judged >= bar.limit);
  return {
    work,
    unit,
    ours: shortened(ours),
    peer: peer === null ? null : shortened(peer),
    ratio: ratio === null ? null : shortened(ratio),
    bar: `${bar.of} ${bar.is === '<=' ? '≤' : '≥'} ${bar.limit}`,
    ok,
  };
}

/** One measurement: the value in the figure's unit. */
export type Measure = () => Promise<number>;

/**
 * Measures in turn (ours, the peer's, ours, …), so that whatever the machine does meanwhile meets both.
 * One round before is not counted.
 * @param rounds how many of each; at least 5.
 */
export async function inTurn(
  ours: Measure,
  peer: Measure | undefined,
  rounds = 5,
): Promise<[number, number | null]> {
  if (rounds < 5) throw new RangeError('a median of fewer than five says little');
  const oursValues: number[] = [];
  const peerValues: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const oursValue = await ours();
    const peerValue = await peer?.();
    if (round < 0) continue;
    oursValues.push(oursValue);
    if (peerValue !== undefined) peerValues.push(peerValue);
  }
  return [median(oursValues), peer === undefined ? null : median(peerValues)];
}
