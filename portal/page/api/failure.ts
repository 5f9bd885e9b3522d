/** What went wrong between the page and its server, and what to do about it. */
import type { ErrorAnswer } from './answers.ts';

export type FailureFacts = ErrorAnswer['error'] & {
  /** Of HTTP; 0: no answer at all. */
  readonly status: number;
};

export class Failure extends Error {
  readonly facts: FailureFacts;

  constructor(facts: FailureFacts) {
    super(facts.message);
    this.facts = facts;
  }
}

/** What may be otherwise in a moment: a server that begins, is busy, or is not reached. */
export const isPassing = ({ status, code }: FailureFacts): boolean =>
  code === 'PAGE_NETWORK' || status === 429 || status === 502 || status === 503 || status === 504;

/** Before it is asked again, milliseconds. @param failures one after the other, from 1 */
export const pauseMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 30_000);
