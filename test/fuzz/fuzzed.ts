/**
 * One property of a fuzz target. `npm test` tries it a few hundred times (or for a few seconds), `npm run fuzz` says by
 * TOWLINE_FUZZ_RUNS or TOWLINE_FUZZ_MS how long, by TOWLINE_FUZZ_SEED from which seed, and reads the counts from the file
 * TOWLINE_FUZZ_COUNTS.
 */
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';

/** How much `npm test` tries: so many runs, or for so long. */
export type UsualEffort = { readonly runs: number } | { readonly ms: number };

/** A line of TOWLINE_FUZZ_COUNTS. */
export interface Count {
  readonly name: string;
  readonly runs: number;
  readonly failed: boolean;
}

const unlimited = 2 ** 31 - 1;

/** @throws Error with the counterexample, its seed and its path */
export async function fuzzed<Input>(
  name: string,
  property: fc.IRawProperty<Input>,
  usual: UsualEffort = { runs: 300 },
): Promise<void> {
  const details = await fc.check(property, parameters(usual));
  const { TOWLINE_FUZZ_COUNTS: file } = process.env;
  const count: Count = { name, runs: details.numRuns, failed: details.failed };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(count)}\n`);
  if (details.failed) {
    throw new Error(`${name}: ${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
  }
}

function parameters<Input>(usual: UsualEffort): fc.Parameters<Input> {
  const { TOWLINE_FUZZ_RUNS: runs, TOWLINE_FUZZ_MS: ms, TOWLINE_FUZZ_SEED: seed } = process.env;
  const effort = runs !== undefined ? { runs: Number(runs) } : ms !== undefined ? { ms: Number(ms) } : usual;
  return {
    ...('runs' in effort
      ? { numRuns: effort.runs }
      : { numRuns: unlimited, interruptAfterTimeLimit: effort.ms }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}
