/** How a pass ended, for whoever asked for it at the device: in words, as an exit code, with what to do. */
import { exitCodeOf } from './exit-code.ts';
import { outcomeOf, type PassFacts } from './pass-facts.ts';
import { troublesOf } from './pass-troubles.ts';

export interface PassAnswer {
  readonly outcome: string;
  readonly exitCode: number;
  /** For people. */
  readonly message: string;
  readonly errors: readonly PassError[];
}

export interface PassError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What ended the pass, or a part of it, besides what stands in the files of the commit. */
export function errorsOf({ carried, fetchError, error, engineError }: PassFacts): PassError[] {
  return [...new Set([carried?.error, fetchError, error, engineError])].flatMap(each =>
    each === undefined ? [] : [{ code: each.code, message: each.message, remedy: each.remedy }],
  );
}

export function passAnswer(facts: PassFacts): PassAnswer {
  if (facts.silent === true) {
    const message =
      'This device is retired: it asks nothing and says nothing. docs/guides/retire.md says what brings it back.';
    return { outcome: outcomeOf(facts), exitCode: exitCodeOf(facts), message, errors: [] };
  }
  const outcome = outcomeOf(facts);
  const { fetchError, error, ...found } = facts;
  const unheard = fetchError === undefined ? [] : [`${unheardWords(fetchError)} With what is known here:`];
  const [trouble] = troublesOf(error === undefined || error === fetchError ? found : { ...found, error });
  const errors = errorsOf(facts);
  const remedies = [...new Set(errors.map(({ remedy }) => remedy))];
  const message = [...unheard, `The pass ended: ${outcome}.`, trouble, ...remedies]
    .filter(words => words !== undefined)
    .join(' ');
  return { outcome, exitCode: exitCodeOf(facts), message, errors };
}

function unheardWords({ code, message }: PassError): string {
  const how = code === 'AGENT_REFUSED' ? 'does not admit this device' : 'could not be asked';
  return `The gateway ${how} (${code}: ${message}).`;
}
