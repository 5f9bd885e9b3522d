/** A runtime whose every step goes through a test's hands. */
import type { Runtime } from '../../agent/runtime/runtime.ts';
import type { EngineStep } from '../../core/plan/step.ts';

export type Around = (step: EngineStep, run: () => Promise<void>) => Promise<void>;

export function wrapped(runtime: Runtime, around: Around): Pick<Runtime, 'begin' | 'tidy' | 'lastWords'> {
  return {
    begin: run => {
      const runStep = runtime.begin(run);
      return (step, signal) => around(step, () => runStep(step, signal));
    },
    lastWords: (container, signal) => runtime.lastWords(container, signal),
    tidy: (needs, signal) => runtime.tidy(needs, signal),
  };
}
