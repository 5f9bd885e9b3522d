/** For changes of what devices run: the state of each is computed, as `validate` does. */
import { checkFleet } from '../check/check-fleet.ts';
import { loadAt } from './changed-files.ts';
import type { ProposalCheck } from './proposal-check.ts';

/** @param date now */
export const wholeCheck =
  (date: Date): ProposalCheck =>
  async at =>
    (await checkFleet({ files: at.files, commit: at.commit, date, loaded: await loadAt(at) })).problems;
