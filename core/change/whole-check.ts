/** For changes of what devices run: the state of each is computed, as `validate` does. */
import { checkFleet } from '../check/check-fleet.ts';
import type { ProposalCheck } from './proposal-check.ts';

/** @param date now */
export const wholeCheck =
  (date: Date): ProposalCheck =>
  async ({ files, commit, cache }) =>
    (await checkFleet({ files, commit, date, cache })).problems;
