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
