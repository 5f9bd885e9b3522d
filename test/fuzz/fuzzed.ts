/**
 * One property of a fuzz target. `npm test` tries it a few hundred times (or for a few seconds), `npm run fuzz` says by
 * TOWLINE_FUZZ_RUNS or TOWLINE_FUZZ_MS how long, by TOWLINE_FUZZ_SEED from which seed, and reads the counts from the file
 * TOWLINE_FUZZ_COUNTS.
 */
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';

/** How much `npm test` tries: so many runs, or for so long; from a seed of its own each time unless it names one. */
export type UsualEffort = ({ readonly runs: number } | { readonly ms: number }) & { readonly seed?: number };

/** A line of TOWLINE_FUZZ_COUNTS. */
export interface Count {
  readonly name: string;
  readonly runs: number;
  readonly failed: boolean;
}

/** Runs from one seed, where time is the limit: the library begins each seed with small inputs. */
const runsOfASeed = 1000;

/** @returns how many runs there were @throws Error with the counterexample, its seed and its path */
export async function fuzzed<Input>(
  name: string,
  property: fc.IRawProperty<Input>,
  usual: UsualEffort = { runs: 300 },
): Promise<number> {
  const { effort, seed } = asked(usual);
  const startMs = performance.now();
  let runs = 0;
  let next = 'runs' in effort ? effort.runs : 1;
  for (let from = seed; next > 0; from += 1) {
    const details = await fc.check(property, { numRuns: next, seed: from });
    runs += details.numRuns;
    if (details.failed) {
      count({ name, runs, failed: true });
      throw new Error(`${name}: ${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
    }
    next = 'runs' in effort ? 0 : fitting(effort.ms, performance.now() - startMs, runs);
  }
  count({ name, runs, failed: false });
  return runs;
}

/**
 * How many more runs there is time for: a run is never broken off, what it began would go on. No more than there were:
 * the first ones have the smallest inputs.
 */
function fitting(ms: number, spentMs: number, runs: number): number {
  if (spentMs >= ms) return 0;
  const left = Math.floor(((ms - spentMs) * runs) / Math.max(spentMs, 1));
  return Math.max(1, Math.min(runs, runsOfASeed, left));
}

function count(line: Count): void {
  const { TOWLINE_FUZZ_COUNTS: file } = process.env;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function asked(usual: UsualEffort): { readonly effort: UsualEffort; readonly seed: number } {
  const { TOWLINE_FUZZ_RUNS: runs, TOWLINE_FUZZ_MS: ms, TOWLINE_FUZZ_SEED: begin } = process.env;
  const wanted =
    runs !== undefined ? { runs: Number(runs) } : ms !== undefined ? { ms: Number(ms) } : undefined;
  const usualSeed = wanted === undefined ? usual.seed : undefined;
  const seed = begin === undefined ? usualSeed : Number(begin);
  return { effort: wanted ?? usual, seed: seed ?? Math.floor(Math.random() * 2 ** 31) };
}
