/** What must not be wrong with a change: its own mistakes refuse it, those that stand there already do not. */
import { FleetProblems, type Problem } from '../errors.ts';
import { loadDevice } from '../fleet/load-device.ts';
import { type Changes, type FilesAt, withChanges } from './changed-files.ts';
import { FleetLoads } from './fleet-loads.ts';

/**
 * Everything that is wrong there. Asked of the files with the change; where something is, of those without it, too: then
 * `before` is what is asked about, and nothing has changed.
 */
export type ProposalCheck = (at: FilesAt, before: FilesAt) => Promise<readonly Problem[]>;

/** The files of the whole fleet, each by itself and against each other. */
export function fleetCheck(): ProposalCheck {
  const own = new FleetLoads();
  return async ({ files, commit, loads = own }) => (await loads.of(files, commit)).problems;
}

/** What decides over one device, and nothing besides. */
export function deviceCheck(id: string): ProposalCheck {
  return async ({ files, commit }) => (await loadDevice({ reader: files, commit, id })).problems;
}

/** Of what was asked about already. */
export const checkedBefore: ProposalCheck = async () => [];

/** @throws FleetProblems of what the change brings */
export async function assertNoNew(
  check: ProposalCheck,
  before: FilesAt,
  changes: Changes,
  after = withChanges(before, changes),
): Promise<void> {
  const problems = await check(after, before);
  if (problems.length === 0) return;
  // A line may have moved.
  const keyOf = ({ code, message, position }: Problem) => JSON.stringify([code, message, position.file]);
  const known = new Set((await check(before, before)).map(keyOf));
  const brought = problems.filter(problem => !known.has(keyOf(problem)));
  if (brought.length > 0) throw new FleetProblems(brought);
}
