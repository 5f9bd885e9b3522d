/** For changes of what devices run: the state of each is computed, as `validate` does. */
import type { ProposalCheck } from '../change/proposal-check.ts';
import { checkFleet } from '../validate/check-fleet.ts';

export const wholeCheck: ProposalCheck = async ({ files, commit }) =>
  (await checkFleet(files, commit)).problems;
