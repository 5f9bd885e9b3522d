/** What a container that failed has left, asked of the engine before it is removed. */

import type { LastWords } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { containerDetails } from './engine-answers.ts';
import { readLastLines } from './log-reader.ts';
import { engineStatus } from './refusals.ts';

const lines = 100;
const timeoutMs = 10_000;

/** @throws TowlineError ENGINE_… */
export async function readLastWords(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<LastWords> {
  const path = `/containers/${container}/json`;
  const { State: state } = await engine.call(
    { method: 'GET', path, answer: containerDetails, timeoutMs },
    signal,
  );
  const check = state.Health?.Log?.at(-1);
  return {
    // One that the engine starts again and again counts as running, with the code of its last end.
    exitCode: state.Status === 'running' ? undefined : state.ExitCode,
    outOfMemory: state.OOMKilled === true,
    health: check === undefined ? undefined : { exitCode: check.ExitCode, output: check.Output },
    // A log driver that cannot be read from answers so.
    lines: await readLastLines(engine, container, lines, signal).catch((error: unknown) => {
      if (engineStatus(error) === undefined) throw error;
      return [];
    }),
  };
}
