import { TowlineError } from '../errors.ts';
import { assertHeadersOfWalk } from './git/commit-object.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { ObjectId } from './git/object-source.ts';
import type { TrustedState } from './line/trusted-state.ts';
import { timestampRole } from './policy/policy.ts';
import { loadPolicy, type PolicyCache } from './policy/policy-load.ts';
import { timeProblem } from './signature/evidence.ts';
import { checkSignature } from './signature/signature.ts';
import { futureSlackSec } from './step/vouchers.ts';

/** Where the bot's newest statement is. Not on main: it would race people's pushes. */
export const timestampRef = 'refs/towline/timestamp';

/** git's empty tree: a statement has no files. */
export const emptyTree: ObjectId = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** What the bot says: this was main's head, as its own walk accepts it, at this time. */
export interface Timestamp {
  readonly fleet: string;
  readonly head: ObjectId;
  /** Seconds since the epoch. */
  readonly timeSec: number;
  /** The files of the head (`treeMark`): a device may know it under another id. 64 hexadecimal digits. */
  readonly files?: string;
}

const pattern =
  /^towline timestamp v1\n\nfleet ([a-z0-9-]{1,63})\nhead ([0-9a-f]{40})\ntime (0|[1-9][0-9]{0,11})\n(?:files ([0-9a-f]{64})\n)?$/;

/** The message of the signed, parentless commit that carries the statement. */
export function formatTimestamp({ fleet, head, timeSec, files }: Timestamp): string {
  const last = files === undefined ? '' : `files ${files}\n`;
  return `towline timestamp v1\n\nfleet ${fleet}\nhead ${head}\ntime ${timeSec}\n${last}`;
}

export interface TimestampQuestion {
  readonly reader: ObjectReader;
  readonly trusted: TrustedState;
  /** What the ref points to. */
  readonly id: ObjectId;
  readonly policies?: PolicyCache;
}

/**
 * Verifies a statement by the policy in the trusted commit.
 * @throws TowlineError TRUST_TIMESTAMP, and what the reader throws.
 */
export async function verifyTimestamp(question: TimestampQuestion): Promise<Timestamp> {
  const { reader, trusted, id } = question;
  const policy = await loadPolicy(reader, trusted.commit, question.policies ?? new Map());
  const commit = await reader.commit(id);
  assertHeadersOfWalk(commit, policy.walk);
  const [, fleet, head, time, files] = pattern.exec(commit.message) ?? [];
  if (fleet === undefined || head === undefined || commit.parents.length > 0 || commit.tree !== emptyTree) {
    throw refused(id, 'it is not in the form of a timestamp');
  }
  const timeSec = Number(time);
  if (fleet !== policy.fleet) throw refused(id, `it is for fleet ${fleet}`);
  if (commit.committer.timeSec !== timeSec) throw refused(id, 'its time is not that of its commit');
  if (commit.signature === undefined) throw refused(id, 'it is not signed');
  const evidence = checkSignature(commit.signature.armored, commit.signature.payload, policy.keys, 'git');
  if (!evidence.sound) throw refused(id, evidence.message);
  const { principal } = evidence.by;
  if (policy.roles.get(timestampRole)?.principals.has(principal) !== true) {
    throw refused(id, `${principal} does not have the role timestamp`);
  }
  const problem = timeProblem(evidence, Math.max(trusted.lineTimeSec, timeSec));
  if (problem !== undefined) throw refused(id, problem.message);
  return { fleet, head, timeSec, ...(files === undefined ? {} : { files }) };
}

/**
 * A statement of a time that has not come would hide for as long that updates are withheld.
 * @param keptSec A clock that a time server keeps, seconds since the epoch.
 */
export function isAheadOf({ timeSec }: Timestamp, keptSec: number): boolean {
  return timeSec > keptSec + futureSlackSec;
}

function refused(id: ObjectId, why: string): TowlineError {
  return new TowlineError('TRUST_TIMESTAMP', `timestamp ${id}: ${why}`, { details: { id } });
}
