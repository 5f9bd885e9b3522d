/** Findings of files of the fleet that keep something from being done. */
import { type Problem, TowlineError } from '../errors.ts';

/** Each of them is shown. */
export class FleetProblems extends TowlineError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super('CLI_INVALID_FLEET', `${count} in the fleet repository`);
    this.problems = problems;
  }
}

/** A finding as `--json` shows it. */
export const problemJson = ({ code, message, position }: Problem) => ({ ...position, code, message });
