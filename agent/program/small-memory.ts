/**
 * What keeps the agent small: code is interpreted, because what compilers make of it costs 11 MB of pages (the optimising
 * ones 7, the baseline one 4), and what a pass has left is collected soon after it, not when the heap has grown.
 * `npm run bench -- agent` and `device-fetch` measure what it gains and costs.
 */
import { setFlagsFromString } from 'node:v8';
import { outcomeOf, type PassFacts } from '../pass/pass-facts.ts';

const compilers = ['opt', 'maglev', 'sparkplug'] as const;

/** Nothing in a pass is hot enough to pay for a compiler: a fetch takes 10 ms more. Before anything is compiled. */
export function compileSmall(): void {
  for (const compiler of compilers) setFlagsFromString(`--no-${compiler}`);
}

/** A tunnel moves bytes, and a flood of logs is read and packed: there they pay. */
export function compileFast(): void {
  for (const compiler of compilers) setFlagsFromString(`--${compiler}`);
}

const delayMs = 5_000;

/**
 * @param collect node's `gc`, which is there when it was started with `--expose-gc` (deploy/systemd does)
 * @returns to be called after each pass: collects once, a few seconds after those that have done something
 */
export function tidyAfterPasses(collect: NodeJS.GCFunction | undefined): (facts: PassFacts) => void {
  let timer: NodeJS.Timeout | undefined;
  return facts => {
    const quiet = facts.steps === 0 && !facts.pushed && outcomeOf(facts) === 'unchanged';
    if (collect === undefined || timer !== undefined || quiet) return;
    timer = setTimeout(() => {
      timer = undefined;
      // The last resort gives pages back that a regular one keeps for the next time, 5 MB.
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }, delayMs).unref();
  };
}
