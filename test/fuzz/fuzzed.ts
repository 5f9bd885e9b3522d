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

const unlimited = 2 ** 31 - 1;

/** @returns how many runs there were @throws Error with the counterexample, its seed and its path */
export async function fuzzed<Input>(
  name: string,
  property: fc.IRawProperty<Input>,
  usual: UsualEffort = { runs: 300 },
): Promise<number> {
  const details = await fc.check(property, parameters(usual));
  const { TOWLINE_FUZZ_COUNTS: file } = process.env;
  // On a machine that is busy with other things the time may be over before the first run is.
  const failed = details.failed && details.counterexample !== null;
  const count: Count = { name, runs: details.numRuns, failed };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(count)}\n`);
  if (failed) {
    throw new Error(`${name}: ${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
  }
  return details.numRuns;
}

function parameters<Input>(usual: UsualEffort): fc.Parameters<Input> {
  const { TOWLINE_FUZZ_RUNS: runs, TOWLINE_FUZZ_MS: ms, TOWLINE_FUZZ_SEED: begin } = process.env;
  const asked =
    runs !== undefined ? { runs: Number(runs) } : ms !== undefined ? { ms: Number(ms) } : undefined;
  const effort = asked ?? usual;
  const seed = begin === undefined ? (asked === undefined ? usual.seed : undefined) : Number(begin);
  return {
    ...('runs' in effort
      ? { numRuns: effort.runs }
      : { numRuns: unlimited, interruptAfterTimeLimit: effort.ms }),
    ...(seed === undefined ? {} : { seed }),
  };
}
